import { accountTexts } from './account.ts';
import { brokerTexts } from './broker.ts';
import { collectionTexts } from './collections.ts';
import { commonTexts } from './common.ts';
import { desktopScreenTexts } from './desktop-screen.ts';
import { endpointTexts } from './endpoints.ts';
import { environmentTexts } from './environments.ts';
import { eventTexts } from './events.ts';
import { hostTexts } from './hosts.ts';
import { imageTexts } from './images.ts';
import { myDesktopTexts } from './my-desktops.ts';
import { overviewTexts } from './overview.ts';
import { peopleTexts } from './people.ts';
import { policyTexts } from './policy.ts';
import { shellTexts } from './shell.ts';
import { taskTexts } from './tasks.ts';
import { workspaceTexts } from './workspaces.ts';

/** Every text of the console. Other languages have the same shape (`Texts`); the type checker sees to it. */
export const en = {
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
};
export type Texts = typeof en;
