import type { CimProperty, CimType } from '@atelier/cim';

const names = {
  boolean:
    'FtsAddUserToAdminGroupEnabled FtsSetComputerNameEnabled FtsSetJoinDomainEnabled FtsSetMachineObjectOUEnabled FtsSetRegionalSettingsEnabled FtsSetUserDataEnabled UxAppPublishingEnabled UxAudioSharingEnabled UxClipboardSharingEnabled UxCredentialCacheEnabled UxLogonStartEnabled UxPrinterSharingEnabled UxShowExit UxSmartCardLogonEnabled UxSmartCardSharingEnabled UxUSBDeviceSharingEnabled VmHostMemToGuestMemCalcEnabled VmMultiUserEnabled',
  string:
    'DiagEventLogLevel FtsComputerNameMask FtsDialogUrl FtsFailureDialogMsg FtsLogFilePaths[] FtsMode FtsPostponeUtcDateTimeLimit FtsRetryDialogMsg FtsStartDialogMsg User UxRedirectUrls[] VmCloseAction VmGuestUpdateTime VmNetworkingMode',
  sint32:
    'FtsDeleteVMStateTimeout FtsDetachVfdTimeout FtsExplorerTimeout FtsMaxPostponeTime FtsMaxRetryCount FtsNonInteractiveRetryTimeoutInc FtsNonInteractiveTimeout FtsTaskCancelTimeout FtsTaskVMTurnOffTimeout FtsUpgradeTimeout UxDialogTimeout UxHideVmTimeout UxRebootAbsoluteDelayTimeout VmGuestMemFromHostMem[] VmGuestUpdateDuration VmHostMemToGuestMem[] VmMemory VmTaskTimeout',
} as const satisfies Partial<Record<CimType, string>>;

/** Properties of `Setting`, in the words of MED-V. */
export const settingProperties: readonly CimProperty[] = (['boolean', 'string', 'sint32'] as const).flatMap((type) =>
  names[type]
    .split(' ')
    .map((name) => (name.endsWith('[]') ? { name: name.slice(0, -2), type, array: true } : { name, type })),
);
