import type { Noun } from '../../command/verb.ts';
import { gcVerb, repackVerb } from './clean-verbs.ts';
import { fsckVerb } from './fsck-verb.ts';
import { mirrorVerb } from './mirror-verb.ts';
import { showVerb } from './show-verb.ts';
import { statsVerb } from './stats-verb.ts';

export const repositoryNoun: Noun = {
  name: 'repository',
  summary: 'the static files that clients fetch',
  group: 'Desktops:',
  verbs: [showVerb, statsVerb, fsckVerb, gcVerb, repackVerb, mirrorVerb],
};
