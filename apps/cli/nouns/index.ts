import type { LoneVerb, Noun } from '../command/verb.ts';
import { completionVerb } from '../completion/completion-verbs.ts';
import { doctorVerb } from '../doctor/doctor-verb.ts';
import { agentNoun } from './agent/index.ts';
import { assignmentNoun } from './assignment.ts';
import { brokerNoun } from './broker.ts';
import { clientNoun } from './client.ts';
import { collectionNoun } from './collection.ts';
import { contextNoun } from './context.ts';
import { desktopNoun } from './desktop.ts';
import { desktopSessionNoun } from './desktop-session.ts';
import { endpointNoun } from './endpoint.ts';
import { environmentNoun } from './environment.ts';
import { eventNoun } from './event.ts';
import { groupNoun } from './group.ts';
import { hostNoun } from './host/index.ts';
import { imageNoun } from './image/index.ts';
import { localVerbs } from './local.ts';
import { auditNoun, reportNoun } from './observation.ts';
import { policyNoun } from './policy.ts';
import { repositoryNoun } from './repository/index.ts';
import { roleNoun } from './role.ts';
import { serverNoun } from './server.ts';
import { loginVerb, logoutVerb, whoamiVerb } from './session.ts';
import { targetNoun } from './target.ts';
import { taskNoun } from './task.ts';
import { tokenNoun } from './token.ts';
import { transferPolicyNoun } from './transfer-policy.ts';
import { upVerb } from './up.ts';
import { userNoun } from './user.ts';
import { workspaceNoun } from './workspace.ts';

/** All nouns, in the order of the help. */
export const nouns: readonly Noun[] = [
  serverNoun,
  clientNoun,
  agentNoun,
  contextNoun,
  imageNoun,
  workspaceNoun,
  policyNoun,
  assignmentNoun,
  repositoryNoun,
  endpointNoun,
  transferPolicyNoun,
  hostNoun,
  desktopNoun,
  collectionNoun,
  targetNoun,
  environmentNoun,
  desktopSessionNoun,
  brokerNoun,
  userNoun,
  groupNoun,
  roleNoun,
  tokenNoun,
  eventNoun,
  taskNoun,
  auditNoun,
  reportNoun,
];

/** Commands without a noun. */
export const loneVerbs: readonly LoneVerb[] = [
  upVerb,
  doctorVerb,
  completionVerb,
  loginVerb,
  logoutVerb,
  whoamiVerb,
  ...localVerbs,
];
