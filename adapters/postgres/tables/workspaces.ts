import type { AssignmentLimits, Direction, Policy, WorkspaceType } from '@atelier/domain/workspaces';
import type { Generated, GeneratedAlways, Json, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** Image, by channel or by pinned version (exactly one of them), with policy. */
export interface WorkspaceTable extends Revised {
  readonly id: string;
  /** Unique without regard to case. */
  readonly name: string;
  readonly description: Generated<string>;
  readonly support_contact: Generated<string>;
  readonly type: WorkspaceType;
  readonly image_id: string;
  readonly channel: string | null;
  readonly pinned_version_id: string | null;
  readonly enabled: Generated<boolean>;
  /** Number of the active policy revision; checked at commit, so that both may be written in one transaction. */
  readonly active_revision: number | null;
}

/** A numbered, signed policy. Its content cannot change once it has left the draft state. */
export interface WorkspacePolicyRevisionTable {
  readonly workspace_id: string;
  readonly number: number;
  readonly state: Generated<'draft' | 'committed' | 'active' | 'superseded' | 'revoked'>;
  readonly author_id: string | null;
  readonly author_name: Generated<string>;
  readonly message: Generated<string>;
  readonly document: Json<Policy>;
  readonly digest: string;
  readonly signature: string | null;
  readonly created_at: TimeWithDefault;
  readonly activated_at: Time | null;
}

/** A workspace given to a principal: write `user_id`, `group_id` or `endpoint_id`. */
export interface AssignmentTable extends Revised {
  readonly id: string;
  readonly workspace_id: string;
  readonly user_id: string | null;
  readonly group_id: string | null;
  readonly endpoint_id: string | null;
  readonly principal_kind: GeneratedAlways<'user' | 'group' | 'device'>;
  readonly principal_id: GeneratedAlways<string>;
  readonly enabled: Generated<boolean>;
  readonly expires_on: Time | null;
  readonly offline_limit_minutes: number | null;
  readonly delete_when: JsonWithDefault<AssignmentLimits['deleteWhen']>;
  readonly clipboard: Generated<Direction>;
  readonly file_transfer: Generated<Direction>;
  readonly printing: Generated<boolean>;
  readonly cd_dvd: Generated<boolean>;
  readonly priority: Generated<number>;
}
