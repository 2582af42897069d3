import type { Noun } from '../../command/verb.ts';
import { controllerVerb } from './controller-verb.ts';
import { forwardVerb } from './forward-verb.ts';
import { installVerb, uninstallVerb } from './install-verbs.ts';
import { pluginVerb } from './plugin-verb.ts';
import { rdpCertificateVerb } from './rdp-certificate-verb.ts';
import { runVerb } from './run-verb.ts';
import { sessionHookVerb } from './session-hook-verb.ts';
import { statusVerb } from './status-verb.ts';
import { userVerb } from './user-verb.ts';

export const agentNoun: Noun = {
  name: 'agent',
  summary: 'the WS-Management agent of this machine',
  group: 'On this machine:',
  verbs: [
    installVerb,
    runVerb,
    statusVerb,
    userVerb,
    controllerVerb,
    forwardVerb,
    pluginVerb,
    sessionHookVerb,
    rdpCertificateVerb,
    uninstallVerb,
  ],
};
