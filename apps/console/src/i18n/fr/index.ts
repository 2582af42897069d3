import type { Texts } from '../en/index.ts';
import { accountTexts } from './account.ts';
import { brokerTexts } from './broker.ts';
import { collectionTexts } from './collections.ts';
import { commonTexts } from './common.ts';
import { desktopScreenTexts } from './desktop-screen.ts';
import { endpointTexts } from './endpoints.ts';
import { environmentTexts } from './environments.ts';
import { eventKinds } from './event-kinds.ts';
import { eventTexts } from './events.ts';
import { hostTexts } from './hosts.ts';
import { imageTexts } from './images.ts';
import { myDesktopTexts } from './my-desktops.ts';
import { overviewTexts } from './overview.ts';
import { peopleTexts } from './people.ts';
import { policyTexts } from './policy.ts';
import { problems } from './problems.ts';
import { shellTexts } from './shell.ts';
import { taskTexts } from './tasks.ts';
import { workspaceTexts } from './workspaces.ts';

/** What the server says in English; the English console has no need of it. */
const serverTexts = { problems, eventKinds };

/** Every text of the console in French. */
export const fr = {
  ...shellTexts,
  ...commonTexts,
  ...overviewTexts,
  ...hostTexts,
  ...collectionTexts,
  ...environmentTexts,
  ...brokerTexts,
  ...myDesktopTexts,
  ...imageTexts,
  ...workspaceTexts,
  ...policyTexts,
  ...desktopScreenTexts,
  ...endpointTexts,
  ...eventTexts,
  ...taskTexts,
  ...peopleTexts,
  ...accountTexts,
  ...serverTexts,
} satisfies Texts;
