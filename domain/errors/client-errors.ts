import type { ErrorKind } from './atelier-error.ts';

const kind = (code: string, status: number, title: string, cause: string, fix: string): ErrorKind => ({
  code,
  status,
  title,
  cause,
  fix,
});

/** The errors of the endpoint's daemon. The server passes them on when they answer a command. */
export const clientErrors: readonly ErrorKind[] = [
  kind(
    'client.already-running',
    409,
    'the client runs already',
    'another daemon uses the same state folder',
    'use the one that runs ("atelier status"), or stop it first',
  ),
  kind(
    'client.state-folder',
    500,
    'the state folder cannot be used',
    'it belongs to somebody else, or something else has its name',
    'give the client a folder of its own',
  ),
  kind(
    'client.database',
    500,
    'the client’s own database cannot be used',
    'it was written by a newer client, or is damaged',
    'start the newer client; if it is damaged, collect a diagnostics bundle and tell your administrator',
  ),
  kind(
    'client.fingerprint-mismatch',
    403,
    'this is not the server that made the token',
    'the server shows certificates of another authority than the one whose fingerprint is in the token',
    'check the address; if it is right, somebody may be in the way of the connection',
  ),
  kind(
    'client.grant-refused',
    403,
    'the policy from the server was refused',
    'its signature does not fit the pinned key, it is meant for somebody else, or it is older than the one in use',
    'tell your administrator; after a restore of the server from a backup, enrol this computer again',
  ),
  kind(
    'client.already-enrolled',
    409,
    'this computer is enrolled already',
    'a management server knows it under the name that "atelier status" shows',
    'go on using it; to move to another server, revoke the endpoint in the console first',
  ),
  kind(
    'client.no-screen',
    409,
    'the workspace has no screen now',
    'its virtual machine does not run',
    'start it first',
  ),
  kind(
    'client.version-not-here',
    409,
    'this version cannot be used',
    'it is not on this computer, and it is not the one that the policy names',
    'choose one of the versions that "atelier status" shows',
  ),
  kind(
    'client.disk-space',
    507,
    'there is not enough disk space',
    'the disk with the client’s state folder is nearly full',
    'free some space and try again',
  ),
];
