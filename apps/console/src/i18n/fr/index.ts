import type { Texts } from '../en/index.ts';
import { accountTexts } from './account.ts';
import { commonTexts } from './common.ts';
import { endpointTexts } from './endpoints.ts';
import { eventTexts } from './events.ts';
import { imageTexts } from './images.ts';
import { overviewTexts } from './overview.ts';
import { peopleTexts } from './people.ts';
import { policyTexts } from './policy.ts';
import { shellTexts } from './shell.ts';
import { taskTexts } from './tasks.ts';
import { workspaceTexts } from './workspaces.ts';

/** Every text of the console in French. */
export const fr = {
  ...shellTexts,
  ...commonTexts,
  ...overviewTexts,
  ...imageTexts,
  ...workspaceTexts,
  ...policyTexts,
  ...endpointTexts,
  ...eventTexts,
  ...taskTexts,
  ...peopleTexts,
  ...accountTexts,
} satisfies Texts;
