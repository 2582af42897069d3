export { OwnAccounts } from './accounts/own-accounts.ts';
export { type PasswordCheck, pam } from './accounts/pam.ts';
export { type Machine, thisMachine } from './install/machine.ts';
export { type InstallChoices, installPlan, type Step, uninstallPlan } from './install/plan.ts';
export { serviceUnit, unitPath } from './install/service-unit.ts';
export { type Agent, type AgentConfig, startAgent } from './start-agent.ts';
export { defaultListeners, firstSettings, httpListener, openSettings } from './state/settings-file.ts';
export { agentStateFolder } from './state/state-folder.ts';
