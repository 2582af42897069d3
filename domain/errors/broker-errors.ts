import type { ErrorKind } from './atelier-error.ts';

/** Errors of the connection broker and of what it keeps. */
export const brokerErrors: readonly ErrorKind[] = [
  {
    code: 'broker.session-ended',
    status: 409,
    title: 'the session is over',
    cause: 'it was logged off, its target was lost, or its time to connect ran out',
    fix: 'connect again',
  },
  {
    code: 'broker.not-found',
    status: 404,
    title: 'there is no such object of the broker',
    cause: 'it was removed, or the name is misspelt',
    fix: 'list what there is: "atelier collection ls", "atelier target ls", "atelier session ls"',
  },
  {
    code: 'broker.name-taken',
    status: 409,
    title: 'this name is taken',
    cause: 'names of collections, targets and environments are unique, in capitals or not',
    fix: 'choose another name',
  },
  {
    code: 'broker.in-use',
    status: 409,
    title: 'it is still in use',
    cause: 'the collection has targets, or the environment or target has sessions',
    fix: 'remove or move what uses it first',
  },
  {
    code: 'broker.not-managed',
    status: 409,
    title: 'the target cannot be commanded',
    cause: 'it is not linked to a managed host, so nobody can log sessions off there',
    fix: 'register the machine with "atelier host add" and link it to the target',
  },
  {
    code: 'broker.command-failed',
    status: 502,
    title: 'the target did not do it',
    cause: 'the command ended with an error there, or the session is not there any more',
    fix: 'see the detail; look at the sessions of the target again',
  },
  {
    code: 'broker.none-answers',
    status: 503,
    title: 'no broker answers',
    cause: 'none is running, or this server does not reach any of them',
    fix: 'look at the brokers: "atelier broker ls"; each must be reachable from the servers at its port',
  },
  {
    code: 'broker.no-address',
    status: 409,
    title: 'the broker’s address is not known',
    cause: 'nobody said yet what clients shall dial',
    fix: 'set it: "atelier broker settings --address NAME"',
  },
  {
    code: 'broker.no-maker',
    status: 409,
    title: 'nobody makes machines for this collection',
    cause: 'no plug-in that is enabled, is for the collection and makes machines is ready in a broker',
    fix: 'install and enable one; see how plug-ins fare: "atelier broker plug-ins -o wide"',
  },
  {
    code: 'broker.no-tasks',
    status: 409,
    title: 'the plug-in does no tasks',
    cause: 'no broker runs a plug-in of this name that does tasks',
    fix: 'see what plug-ins take part in: "atelier broker plug-ins -o wide"',
  },
  {
    code: 'broker.plug-in-failed',
    status: 502,
    title: 'the plug-in did not do it',
    cause: 'the plug-in said that it failed, or ended while it worked',
    fix: 'see the detail and the log of the task; mend the cause and start it again',
  },
  {
    code: 'broker.target-kept-elsewhere',
    status: 409,
    title: 'the target is kept by a plug-in',
    cause: 'only the plug-in that added a target changes or removes it',
    fix: 'change it where the plug-in has it from, or disable the plug-in and remove it then',
  },
];
