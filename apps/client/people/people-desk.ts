import { AtelierError } from '@atelier/domain/errors';
import type { GrantDocument, SignedDocument } from '@atelier/domain/workspaces';
import type { EventQueue } from '../events/event-queue.ts';
import type { InstanceJournal } from '../instances/instance-journal.ts';
import type { DeviceApi } from '../server/device-api.ts';
import type { PasswordVerifiers } from './password-verifier.ts';
import type { Session } from './session.ts';
import type { signInBrake } from './sign-in-brake.ts';

export interface PeopleDeskParts {
  readonly events: EventQueue;
  readonly journal: InstanceJournal;
  readonly session: Session;
  readonly verifiers: PasswordVerifiers;
  readonly brake: ReturnType<typeof signInBrake>;
  /** The server, when this computer is enrolled; throws when it is not. */
  readonly api: () => Pick<DeviceApi, 'signIn'>;
  readonly grantOf: (userId: string) => GrantDocument | undefined;
  /** Takes a grant that came from the server. */
  readonly takeGrant: (signed: SignedDocument, serverTime: string) => GrantDocument;
}

/** Who a password belongs to, and who said so. */
interface Proven {
  readonly user: { readonly id: string; readonly name: string };
  readonly by: 'server' | 'verifier';
}

/** People who come and go at this computer. */
export interface PeopleDesk {
  /** Throws `people.sign-in-failed`, `people.sign-in-backoff`, `client.server-unreachable`, `client.not-enrolled`. */
  signIn(name: string, password: string): Promise<void>;
  signOut(): void;
  /** Checks the password of somebody who is known here, to unlock. Throws as `signIn`. */
  prove(userId: string, password: string, workspace: string): Promise<void>;
}

export function openPeopleDesk(parts: PeopleDeskParts): PeopleDesk {
  const { events, journal, session, verifiers, brake } = parts;

  const byServer = async (name: string, password: string): Promise<Proven | undefined> => {
    try {
      const { grant: signed, serverTime } = await parts.api().signIn({ body: { name, password } });
      const { user } = parts.takeGrant(signed, serverTime);
      await verifiers.keep(user, password);
      return { user, by: 'server' };
    } catch (error) {
      if (!(error instanceof AtelierError)) throw error;
      if (error.code === 'client.server-unreachable' || error.code === 'server.not-ready') return undefined;
      // The verifier of a password that the server no longer takes is of no use any more.
      if (error.code === 'people.sign-in-failed') {
        const stale = await verifiers.check(name, password);
        if (stale) await verifiers.forget(stale);
      }
      throw error;
    }
  };
  const byVerifier = async (name: string, password: string): Promise<Proven> => {
    const found = await verifiers.check(name, password);
    if (found === undefined) throw new AtelierError('people.sign-in-failed', 'the name or the password is wrong');
    const grant = found === null ? undefined : parts.grantOf(found);
    if (!grant)
      throw new AtelierError(
        'client.server-unreachable',
        `the server cannot be reached, and nobody called ${name} has signed in on this computer before`,
      );
    return { user: grant.user, by: 'verifier' };
  };
  const proof = async (name: string, password: string, onWrong: () => void): Promise<Proven> => {
    brake.check(name);
    try {
      const proven = (await byServer(name, password)) ?? (await byVerifier(name, password));
      brake.passed(name);
      return proven;
    } catch (error) {
      if (error instanceof AtelierError && error.code === 'people.sign-in-failed') {
        brake.failed(name);
        onWrong();
      }
      throw error;
    }
  };
  const lockAll = (userId: string, why: string) => {
    for (const record of journal.all())
      if (record.userId === userId && record.machine === 'running') journal.happen(record, { kind: 'lock-asked', why });
  };

  return {
    signIn: async (name, password) => {
      const { user, by } = await proof(name, password, () =>
        events.add('sign-in.failed', { userName: name.slice(0, 64) }),
      );
      if (session.userId !== null && session.userId !== user.id) lockAll(session.userId, 'somebody else signed in');
      session.begin(user.id);
      events.add('sign-in.ok', { userName: user.name, detail: by === 'verifier' ? 'without the server' : '' });
    },
    signOut: () => {
      if (session.userId !== null) lockAll(session.userId, 'the person signed out');
      session.end();
    },
    prove: async (userId, password, workspace) => {
      const name = parts.grantOf(userId)?.user.name;
      if (!name) throw new AtelierError('people.not-signed-in', 'nobody is signed in');
      const failed = () => events.add('sign-in.unlock-failed', { userName: name, workspace });
      const { user } = await proof(name, password, failed);
      if (user.id !== userId) throw new AtelierError('people.sign-in-failed', 'the password belongs to somebody else');
    },
  };
}
