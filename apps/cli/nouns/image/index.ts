import type { Noun } from '../../command/verb.ts';
import { imageVerbs } from './image-verbs.ts';
import { importVerb } from './import-verb.ts';
import { planVerb } from './plan-verb.ts';
import { pullVerb } from './pull-verb.ts';
import { testStopVerb, testVerb } from './test-verb.ts';
import { versionVerbs } from './version-verbs.ts';

export const imageNoun: Noun = {
  name: 'image',
  summary: 'virtual machine images and their versions',
  group: 'Desktops:',
  verbs: [...imageVerbs, importVerb, pullVerb, testVerb, testStopVerb, planVerb, ...versionVerbs],
};
