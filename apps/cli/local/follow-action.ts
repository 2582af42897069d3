import type { LocalStatus, LocalWorkspace } from '@atelier/api';
import type { InstanceAction, InstanceState } from '@atelier/domain/workspaces';
import type { Invocation } from '../command/invocation.ts';
import { CliFailure, notFound } from '../failure/cli-failure.ts';
import { progressLine } from '../terminal/progress-line.ts';
import type { LocalClient } from './local-client.ts';
import { bySource, transferLine } from './transfer-line.ts';

const resting: readonly InstanceState[] = ['ready', 'suspended', 'assigned', 'paused', 'staged'];
const passing: readonly InstanceState[] = ['transferring', 'starting', 'stopping', 'reverting', 'deleting'];
const broken: readonly InstanceState[] = ['failed', 'crashed', 'blocked'];

/** Where each action leads when it succeeds. */
const goals: Readonly<Record<InstanceAction, readonly InstanceState[]>> = {
  start: ['running', 'locked'],
  restart: ['running', 'locked'],
  unlock: ['running'],
  lock: ['locked'],
  stop: resting,
  pause: ['paused'],
  fetch: ['ready', 'staged', 'running', 'locked', 'suspended'],
  'switch-version': ['ready'],
  revert: ['ready'],
  reset: ['ready', 'assigned'],
  delete: ['assigned', 'deleted'],
};

/** What a look at the workspace says about an action that was asked for. Pure, so that it can be tested. */
export function judgeAction(
  action: InstanceAction,
  now: Pick<LocalWorkspace, 'state' | 'transfer'>,
  seen: ReadonlySet<InstanceState>,
): 'going-on' | 'reached' | 'broken' {
  if (passing.includes(now.state) || now.transfer?.state === 'running') return 'going-on';
  // A restart begins where it ends: it has to be seen on its way.
  const moved = [...passing, ...resting].some((state) => seen.has(state));
  if (action === 'restart' && !moved) return 'going-on';
  if (goals[action].includes(now.state)) return 'reached';
  if (now.transfer?.state === 'failed') return 'broken';
  return broken.includes(now.state) ? 'broken' : 'going-on';
}

const workspaceIn = (status: LocalStatus, name: string) => status.workspaces.find((one) => one.name === name);

function failure(name: string, action: string, now: LocalWorkspace): CliFailure {
  const error = now.error ?? (now.transfer?.error ? { code: 'transfer', detail: now.transfer.error } : null);
  return new CliFailure({
    title: `${name} could not be brought to ${action}`,
    detail: error ? `${error.detail} (${error.code})` : `it is ${now.state}`,
    fix: `read "atelier logs ${name}"; for the helpdesk: atelier diagnostics`,
  });
}

/** Follows a workspace until the action is done, with the transfer's progress by source on stderr. */
export async function followAction(
  call: Invocation,
  client: LocalClient,
  name: string,
  action: InstanceAction,
): Promise<LocalWorkspace> {
  const line = progressLine(call.terminal, call.common.quiet);
  const seen = new Set<InstanceState>();
  let transferred: LocalWorkspace['transfer'] = null;
  try {
    for await (const status of client.watch(call.signal)) {
      const now = workspaceIn(status, name);
      if (!now) throw notFound('workspace', name, 'list yours with "atelier status"');
      seen.add(now.state);
      if (now.transfer?.state === 'running') {
        transferred = now.transfer;
        line.update(transferLine(now.transfer));
      } else line.update(`  ${now.state}`);
      const verdict = judgeAction(action, now, seen);
      if (verdict === 'broken') throw failure(name, action, now);
      if (verdict !== 'reached') continue;
      const last = now.transfer ?? transferred;
      line.end(transferred && last ? `  version ${last.version} fetched: ${bySource(last)}` : undefined);
      return now;
    }
  } finally {
    line.end();
  }
  call.signal.throwIfAborted();
  throw new CliFailure({
    title: 'the client ended',
    detail: 'its daemon stopped meanwhile',
    fix: 'start it again, then look at "atelier status"',
  });
}
