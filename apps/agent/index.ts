export { OwnAccounts } from './accounts/own-accounts.ts';
export { type PasswordCheck, pam } from './accounts/pam.ts';
export {
  type HookChoices,
  hookPlan,
  hookRemovalPlan,
  hookStatus,
  isServiceName,
  usualServices,
} from './desktop-sessions/hook-plan.ts';
export { type HookSettings, readHookSettings } from './desktop-sessions/hook-settings.ts';
export { type EnrollmentChoices, enrollAgent } from './enrollment/enroll.ts';
export { renewCertificate } from './enrollment/renew-certificate.ts';
export { newSigningRequest } from './enrollment/signing-request.ts';
export { addSubscriptionManager, readForwarding, removeSubscriptionManager } from './forwarding/forwarding-file.ts';
export {
  parseSubscriptionManager,
  type SubscriptionManager,
  writeSubscriptionManager,
} from './forwarding/subscription-manager.ts';
export { ControllerBook, type ControllerEntry } from './hardware/controller-book.ts';
export { describeLocalController } from './hardware/describe-local.ts';
export { type Machine, thisMachine } from './install/machine.ts';
export { type InstallChoices, installPlan, type Step, uninstallPlan } from './install/plan.ts';
export { serviceUnit, unitPath } from './install/service-unit.ts';
export { agentPluginFolder } from './plug-ins/agent-plugin-folder.ts';
export { checkPlugIn } from './plug-ins/check-plug-in.ts';
export { readPluginReport } from './plug-ins/plug-in-report.ts';
export { certificateLink } from './rdp-certificate/certificate-link.ts';
export { type RdpCertificatePlace, usualPlace as usualRdpPlace } from './rdp-certificate/rdp-certificate-file.ts';
export { type RdpCertificateStatus, rdpCertificateStatus } from './rdp-certificate/rdp-certificate-status.ts';
export { installRdpCertificate, type Refreshed } from './rdp-certificate/refresh-certificate.ts';
export { removeRdpCertificate } from './rdp-certificate/remove-rdp-certificate.ts';
export { giveMemoryBack } from './rest/give-memory-back.ts';
export { type Agent, type AgentConfig, startAgent } from './start-agent.ts';
export { defaultListeners, firstSettings, httpListener, openSettings } from './state/settings-file.ts';
export { agentStateFolder } from './state/state-folder.ts';
