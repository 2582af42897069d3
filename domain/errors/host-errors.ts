import type { ErrorKind } from './atelier-error.ts';

/** Errors about hosts that are managed by WS-Management. */
export const hostErrors: readonly ErrorKind[] = [
  {
    code: 'host.not-found',
    status: 404,
    title: 'no such host',
    cause: 'it was removed, or the name is misspelt',
    fix: 'list them with "atelier host ls"',
  },
  {
    code: 'host.no-target',
    status: 409,
    title: 'this host serves no desktops',
    cause: 'no target of a collection is linked to it, so nobody said by which names people reach desktops there',
    fix: 'link it to one: "atelier target update NAME --host HOST"',
  },
  {
    code: 'host.name-taken',
    status: 409,
    title: 'there is a host of this name already',
    cause: 'names of hosts are unique, in capitals or not',
    fix: 'choose another name, or change the host that has it',
  },
  {
    code: 'host.token-invalid',
    status: 403,
    title: 'this token for hosts is not valid',
    cause: 'it was used, has expired, or was copied in part',
    fix: 'make a new one: "atelier host invite"',
  },
  {
    code: 'host.unreachable',
    status: 502,
    title: 'the host cannot be reached',
    cause: 'it is off, its agent is stopped, a firewall is between, or its address is wrong',
    fix: 'try "atelier host show", then start the agent on the host or correct the address',
  },
  {
    code: 'host.refused',
    status: 502,
    title: 'the host refuses this server',
    cause:
      'the user, password or certificate is not accepted there, or its own certificate is not the one that is trusted',
    fix: 'change how the server signs in: "atelier host edit"',
  },
  {
    code: 'host.fault',
    status: 502,
    title: 'the host could not do it',
    cause: 'the host answered with a fault; the detail is its own text',
    fix: 'look the number up with "winrm helpmsg"',
  },
  {
    code: 'host.busy',
    status: 503,
    title: 'too much is going on with this host',
    cause: 'the limit of shells or commands for one host is reached',
    fix: 'wait until something has ended, then try again',
  },
  {
    code: 'host.server-mismatch',
    status: 502,
    title: 'this is not the server that the token is from',
    cause:
      'the address is another server’s, or somebody is in the way of the connection and shows a certificate of their own',
    fix: 'copy the whole command that "atelier host invite" prints, and use it where nothing takes TLS apart',
  },
  {
    code: 'host.server-unreachable',
    status: 502,
    title: 'the management server cannot be reached from here',
    cause: 'the address is wrong, or a firewall is between',
    fix: 'try the address with curl from this machine',
  },
  {
    code: 'host.certificate-invalid',
    status: 403,
    title: 'the certificate of this host cannot be renewed',
    cause: 'the host was removed or is another one now, or its certificate has run out',
    fix: 'enrol it again: "atelier host invite" prints the command',
  },
];
