import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { LocalStatus, LocalWorkspace } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { instanceActionSchema } from '@atelier/domain/workspaces';
import { type ActParts, act } from '../instances/act.ts';
import type { InstanceReports } from '../instances/instance-reports.ts';
import type { ScreenDesk } from '../instances/screen-desk.ts';
import { workspaceSettings } from '../instances/workspace-settings.ts';
import { logFileName } from '../log/client-log.ts';
import { lastLines } from '../log/last-lines.ts';
import type { PeopleDesk } from '../people/people-desk.ts';
import type { Session } from '../people/session.ts';
import { instanceLayout, type StateLayout } from '../state/state-layout.ts';
import type { HoldWord } from '../transfers/manners.ts';
import type { LocalHandlers } from './local-server.ts';

export interface LocalHandlerParts extends ActParts {
  readonly layout: StateLayout;
  readonly session: Session;
  readonly people: PeopleDesk;
  readonly screens: ScreenDesk;
  readonly reports: InstanceReports;
  readonly status: () => Promise<LocalStatus>;
  readonly enroll: (server: string, token: string, name: string | undefined) => Promise<void>;
  readonly refresh: () => Promise<void>;
  /** What a person says of all transfers. */
  readonly hold: (word: HoldWord) => void;
  readonly diagnostics: (target: string) => Promise<{ file: string; bytes: number }>;
}

/** What a person at the computer may ask of the daemon. */
export function localHandlers(parts: LocalHandlerParts): LocalHandlers {
  const { journal, session, status } = parts;

  /** The signed-in person's workspace of this name. */
  const mine = (name: string) => {
    const { userId } = session;
    if (userId === null) throw new AtelierError('people.not-signed-in', 'sign in on this computer first');
    const wanted = name.toLowerCase();
    const called = journal.all().filter((one) => one.userId === userId && one.granted.name.toLowerCase() === wanted);
    // What is left of a workspace that was deleted may have the name of the one that came after it.
    const found = called.find((one) => one.listed) ?? called[0];
    if (!found) throw new AtelierError('workspace.not-found', `you have no workspace called ${name}`);
    return found;
  };
  const afterwards = (key: { userId: string; workspaceId: string }, before: LocalWorkspace): LocalWorkspace => {
    const now = journal.get(key);
    return now ? parts.reports.localOf(now) : { ...before, state: 'deleted', actions: [] };
  };

  return {
    status: () => status(),
    enroll: async ({ body }) => {
      await parts.enroll(body.server, body.token, body.name);
      return await status();
    },
    signIn: async ({ body }) => {
      await parts.people.signIn(body.name, body.password);
      return await status();
    },
    signOut: async () => {
      parts.people.signOut();
      return await status();
    },
    refresh: async () => {
      await parts.refresh();
      return await status();
    },
    act: async ({ params, body }) => {
      const record = mine(params.name);
      const action = instanceActionSchema.safeParse(params.action);
      if (!action.success) throw new AtelierError('request.invalid', `there is no action "${params.action}"`);
      if (action.data === 'unlock' && record.machine === 'locked') {
        if (body.password === undefined) throw new AtelierError('workspace.locked', 'give your password to unlock it');
        await parts.people.prove(record.userId, body.password, record.granted.name);
      }
      const before = parts.reports.localOf(record);
      act(parts, record, action.data, body.version, null);
      return afterwards(record, before);
    },
    transfers: async ({ params }) => {
      parts.hold(params.word);
      return await status();
    },
    screen: async ({ params }) => ({ vncSocket: await parts.screens.socketPath(mine(params.name)) }),
    logs: async ({ query }) => {
      if (query.workspace === undefined)
        return { lines: await lastLines(join(parts.layout.logs, logFileName), query.lines) };
      const { userId, workspaceId } = mine(query.workspace);
      const { vm } = instanceLayout(parts.layout, userId, workspaceId);
      return { lines: await lastLines(join(vm, 'console.log'), query.lines) };
    },
    firstTimeSetups: async () =>
      journal
        .all()
        .flatMap(({ userName, granted, setup }) =>
          setup ? [{ user: userName, workspace: granted.name, statusCode: setup.statusCode, time: setup.at }] : [],
        ),
    settings: async () =>
      workspaceSettings(
        journal.all().filter((one) => one.userId === session.userId),
        Math.floor(totalmem() / 1024 / 1024),
      ),
    diagnostics: ({ body }) => parts.diagnostics(body.target),
  };
}
