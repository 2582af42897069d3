import type { CimProperty, CimType } from '@atelier/cim';

const table: Readonly<Partial<Record<CimType, string>>> = {
  boolean:
    'DiagEnabled FtsAddUserToAdminGroupEnabled FtsSetComputerNameEnabled FtsSetJoinDomainEnabled FtsSetMachineObjectOUEnabled FtsSetRegionalSettingsEnabled FtsSetUserDataEnabled FtsDeleteVMStateOnFailureEnabled UxAppPublishingEnabled UxAudioSharingEnabled UxClipboardSharingEnabled UxCredentialCacheEnabled UxPrinterSharingEnabled UxRedirectionEnabled UxShowExit UxSmartCardLogonEnabled UxSmartCardSharingEnabled UxUsbDeviceSharingEnabled VmHostMemoryMapEnabled VmMultiUserEnabled',
  string:
    'DiagEventLogLevel FtsAttendedFailureMessage FtsAttendedStartMessage FtsComputerNameMask FtsDetachedStartMessage FtsFailureMessage FtsHelpUrl FtsLogFilePaths FtsMode FtsPostponeUTCDateTimeLimit FtsRetryMessage FtsStartMessage UxCloseAction UxDialogUrl UxLogonStartEnabled VmGuestUpdateTime VmNetworkingMode WorkspaceName',
  uint32:
    'FtsMaxPostponeTime FtsMaxRetryCount FtsTimeout FtsTimeoutIncrement UxRefreshInterval UxStartupTimeout VmGuestMemory VmGuestUpdateDuration VmTaskTimeout',
};

/** Properties of `Setting`, in the words of MED-V. */
export const settingProperties: readonly CimProperty[] = (Object.entries(table) as [CimType, string][]).flatMap(
  ([type, names]) => names.split(' ').map((name) => ({ name, type })),
);
