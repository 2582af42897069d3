export { AtelierError, type ErrorKind } from './atelier-error.ts';
export { errorKind, errorTable, registerErrors } from './error-table.ts';
