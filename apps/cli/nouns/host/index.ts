import type { Noun } from '../../command/verb.ts';
import { certificate, forwarding } from './forwarding-verbs.ts';
import { invoke, query, run } from './live-verbs.ts';
import { add, edit, invite, ls, rm, show } from './register-verbs.ts';
import { shell } from './shell-verb.ts';

export const hostNoun: Noun = {
  name: 'host',
  summary: 'servers and desktops that are managed by WS-Management',
  group: 'Hosts:',
  verbs: [ls, show, invite, add, edit, rm, query, invoke, run, shell, forwarding, certificate],
};
