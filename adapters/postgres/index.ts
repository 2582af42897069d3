export { connectionEnvironment, type PostgresConnection, parseDatabaseUrl } from './connection.ts';
export type { Change, DatabaseHandle, Isolation } from './database-handle.ts';
export { databaseErrors } from './errors.ts';
export { type DatabaseLog, noLog } from './log.ts';
export { newId } from './new-id.ts';
export { type OpenDatabaseOptions, openDatabase } from './open-database.ts';
export { type PrivatePostgres, type PrivatePostgresOptions, startPrivatePostgres } from './private-postgres.ts';
export type { AuditDifference } from './tables/audit.ts';
export type { Database } from './tables/database.ts';
