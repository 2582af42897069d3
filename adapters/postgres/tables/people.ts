import type { Role, Scope } from '@atelier/domain/people';
import type { Generated, GeneratedAlways, Revised, Time, TimeWithDefault } from './column.ts';

/** A person of the local directory. */
export interface PeopleUserTable extends Revised {
  readonly id: string;
  /** Unique without regard to case. */
  readonly name: string;
  readonly display_name: Generated<string>;
  readonly email: string | null;
  readonly password_hash: string | null;
  readonly disabled: Generated<boolean>;
}

/** A group of users and of groups. */
export interface PeopleGroupTable extends Revised {
  readonly id: string;
  /** Unique without regard to case. */
  readonly name: string;
  readonly description: Generated<string>;
  readonly built_in: Generated<boolean>;
}

/** A user or a group that is in a group: write `user_id` or `member_group_id`; circles are refused by constraint `people_membership_acyclic`. */
export interface PeopleMembershipTable {
  readonly group_id: string;
  readonly user_id: string | null;
  readonly member_group_id: string | null;
  readonly member_kind: GeneratedAlways<'user' | 'group'>;
  readonly member_id: GeneratedAlways<string>;
  readonly created_at: TimeWithDefault;
}

/** A role of a user or group: write `user_id` or `group_id`. */
export interface PeopleRoleBindingTable {
  readonly id: string;
  readonly user_id: string | null;
  readonly group_id: string | null;
  readonly principal_kind: GeneratedAlways<'user' | 'group'>;
  readonly principal_id: GeneratedAlways<string>;
  readonly role: Role;
  readonly scope_kind: Generated<Scope['kind']>;
  readonly scope_id: string | null;
  readonly created_at: TimeWithDefault;
}

/** A signed-in browser or command line. `token_hash` is the SHA-256 of the token. */
export interface PeopleSessionTable {
  readonly id: string;
  readonly token_hash: Buffer;
  readonly user_id: string;
  readonly created_at: TimeWithDefault;
  readonly last_used_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly ip: string | null;
  readonly agent: Generated<string>;
}

/** An API token that acts for a user. `token_hash` is the SHA-256 of the token. */
export interface PeopleTokenTable {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly token_hash: Buffer;
  readonly scopes: Generated<string[]>;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time | null;
  readonly last_used_at: Time | null;
}

/** A link that works once: for the first administrator (no user), or for a user to set a password. */
export interface PeopleSetupLinkTable {
  readonly id: string;
  readonly token_hash: Buffer;
  readonly user_id: string | null;
  readonly created_at: TimeWithDefault;
  readonly expires_at: Time;
  readonly used_at: Time | null;
}

/** An attempt to sign in. `user_name` is what was typed, in lower case. */
export interface PeopleSignInAttemptTable {
  readonly seq: GeneratedAlways<number>;
  readonly user_name: string;
  readonly ip: string | null;
  readonly succeeded: boolean;
  /** The outcome is known. */
  readonly settled: Generated<boolean>;
  readonly at: TimeWithDefault;
}
