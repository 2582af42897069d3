import type { AuditEntryTable, AuditHeadTable } from './audit.ts';
import type {
  BrokerApplicationTable,
  BrokerCollectionTable,
  BrokerEntitlementTable,
  BrokerEnvironmentTable,
  BrokerEnvironmentTestTable,
  BrokerTargetTable,
} from './broker.ts';
import type {
  BrokerInstanceTable,
  BrokerLeaseTable,
  BrokerPluginHealthTable,
  BrokerPluginProblemTable,
  BrokerPluginPropertyTable,
  BrokerPluginTable,
  BrokerTaskTable,
} from './broker-processes.ts';
import type {
  BrokerConnectionTable,
  BrokerSessionTable,
  BrokerTicketTable,
  BrokerTokenTable,
} from './broker-sessions.ts';
import type { EndpointCommandTable, EndpointEnrollmentTokenTable, EndpointTable } from './endpoints.ts';
import type { ActivityView, ErrorsView, EventTable, StatusView } from './events.ts';
import type { HostInvitationTable, HostTable } from './hosts.ts';
import type {
  ImageChannelTable,
  ImageKeyTable,
  ImageNumberUsedTable,
  ImageTable,
  ImageTestTable,
  ImageVersionTable,
} from './images.ts';
import type { TransferTable, WorkspaceGrantTable, WorkspaceInstanceTable } from './instances.ts';
import type {
  PeopleGroupTable,
  PeopleMembershipTable,
  PeopleRoleBindingTable,
  PeopleSessionTable,
  PeopleSetupLinkTable,
  PeopleSignInAttemptTable,
  PeopleTokenTable,
  PeopleUserTable,
} from './people.ts';
import type { IdempotencyKeyTable, SchemaMigrationTable, SecretTable, SettingTable } from './system.ts';
import type { TaskLogTable, TaskTable } from './tasks.ts';
import type { TransferOverrideTable, TransferPeerTable } from './transfers.ts';
import type { AssignmentTable, WorkspacePolicyRevisionTable, WorkspaceTable } from './workspaces.ts';

/** Every table and view of the schema, by name; a test against PostgreSQL keeps it equal to the migrations. */
export interface Database {
  readonly assignment: AssignmentTable;
  readonly audit_entry: AuditEntryTable;
  readonly audit_head: AuditHeadTable;
  readonly broker_application: BrokerApplicationTable;
  readonly broker_collection: BrokerCollectionTable;
  readonly broker_connection: BrokerConnectionTable;
  readonly broker_entitlement: BrokerEntitlementTable;
  readonly broker_environment: BrokerEnvironmentTable;
  readonly broker_environment_test: BrokerEnvironmentTestTable;
  readonly broker_instance: BrokerInstanceTable;
  readonly broker_lease: BrokerLeaseTable;
  readonly broker_plugin: BrokerPluginTable;
  readonly broker_plugin_health: BrokerPluginHealthTable;
  readonly broker_plugin_problem: BrokerPluginProblemTable;
  readonly broker_plugin_property: BrokerPluginPropertyTable;
  readonly broker_session: BrokerSessionTable;
  readonly broker_target: BrokerTargetTable;
  readonly broker_task: BrokerTaskTable;
  readonly broker_ticket: BrokerTicketTable;
  readonly broker_token: BrokerTokenTable;
  readonly endpoint: EndpointTable;
  readonly endpoint_command: EndpointCommandTable;
  readonly endpoint_enrollment_token: EndpointEnrollmentTokenTable;
  readonly event: EventTable;
  readonly host: HostTable;
  readonly host_invitation: HostInvitationTable;
  readonly idempotency_key: IdempotencyKeyTable;
  readonly image: ImageTable;
  readonly image_channel: ImageChannelTable;
  readonly image_key: ImageKeyTable;
  readonly image_number_used: ImageNumberUsedTable;
  readonly image_test: ImageTestTable;
  readonly image_version: ImageVersionTable;
  readonly people_group: PeopleGroupTable;
  readonly people_membership: PeopleMembershipTable;
  readonly people_role_binding: PeopleRoleBindingTable;
  readonly people_session: PeopleSessionTable;
  readonly people_setup_link: PeopleSetupLinkTable;
  readonly people_sign_in_attempt: PeopleSignInAttemptTable;
  readonly people_token: PeopleTokenTable;
  readonly people_user: PeopleUserTable;
  readonly schema_migration: SchemaMigrationTable;
  readonly secret: SecretTable;
  readonly setting: SettingTable;
  readonly task: TaskTable;
  readonly task_log: TaskLogTable;
  readonly transfer: TransferTable;
  readonly transfer_override: TransferOverrideTable;
  readonly transfer_peer: TransferPeerTable;
  readonly v_activity: ActivityView;
  readonly v_errors: ErrorsView;
  readonly v_status: StatusView;
  readonly workspace: WorkspaceTable;
  readonly workspace_grant: WorkspaceGrantTable;
  readonly workspace_instance: WorkspaceInstanceTable;
  readonly workspace_policy_revision: WorkspacePolicyRevisionTable;
}
