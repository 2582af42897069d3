/** Where this adapter says what it does; a pino logger is one. */
export interface DatabaseLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A log that keeps nothing. */
export const noLog: DatabaseLog = { debug() {}, info() {}, warn() {}, error() {} };
