import { AtelierError } from '@atelier/domain/errors';
import { type InstanceAction, mayAct } from '@atelier/domain/workspaces';
import type { ImageStore } from '../images/image-store.ts';
import { type Circumstances, startRefusal } from './entitlement.ts';
import type { Happening } from './happening.ts';
import type { InstanceJournal, InstanceKey } from './instance-journal.ts';
import type { InstanceRecord } from './instance-record.ts';
import { instanceState } from './report-instance.ts';

export interface ActParts {
  readonly journal: InstanceJournal;
  readonly images: Pick<ImageStore, 'has' | 'versions'>;
  readonly circumstances: (record: InstanceRecord) => Circumstances;
}

/**
 * Begins what a person asked for; the rest follows by itself. For `unlock` the password was checked by the caller.
 *
 * @throws AtelierError `workspace.wrong-state`, a refusal such as `workspace.expired`, `workspace.no-version`, `client.version-not-here`
 */
export function act(
  parts: ActParts,
  key: InstanceKey,
  action: InstanceAction,
  version: number | undefined,
  correlationId: string | null,
): InstanceRecord | undefined {
  const record = parts.journal.get(key);
  if (!record) throw new AtelierError('workspace.not-assigned', 'no such workspace is assigned to you here');
  const state = instanceState(record, parts.circumstances(record));
  if (!mayAct(state, action))
    throw new AtelierError(
      'workspace.wrong-state',
      `${record.granted.name} is ${state}: "${action}" is not possible now`,
    );
  const happen = (happening: Happening) => parts.journal.happen(key, happening, correlationId);

  switch (action) {
    case 'fetch':
      requireRight(parts, record, happen);
      return happen(fetchAsked(parts, record, version));
    case 'pause':
      return happen({ kind: 'pause-asked' });
    case 'start':
      return start(parts, record, happen);
    case 'stop':
      return state === 'transferring' ? happen({ kind: 'pause-asked' }) : happen({ kind: 'stop-asked' });
    case 'restart':
      return happen({ kind: 'restart-asked' });
    case 'lock':
      return happen({ kind: 'lock-asked', why: 'by the person' });
    case 'unlock':
      requireRight(parts, record, happen);
      return happen({ kind: 'unlocked' });
    case 'revert':
      return happen({ kind: 'revert-asked' });
    case 'reset':
      return happen({ kind: 'reset-asked' });
    case 'switch-version':
      return switchVersion(parts, record, happen, version);
    case 'delete':
      return happen({ kind: 'delete-asked', why: 'the person asked for it' });
  }
}

/** Somebody waits for it, here or in the console. */
const byPerson = () => ({ by: 'person', at: Date.now() }) as const;

type Happen = (happening: Happening) => InstanceRecord | undefined;

function requireRight(parts: ActParts, record: InstanceRecord, happen: Happen): void {
  const refusal = startRefusal(record, parts.circumstances(record));
  if (!refusal) return;
  happen({ kind: 'start-refused', error: refusal });
  throw new AtelierError(refusal.code, refusal.detail);
}

function fetchAsked(parts: ActParts, record: InstanceRecord, version = record.granted.version): Happening {
  const { granted } = record;
  if (version === null) throw new AtelierError('workspace.no-version', `${granted.name} has no version to run yet`);
  if (parts.images.has(granted.image, version)) return { kind: 'staged-locally', version };
  if (version !== granted.version && version !== record.transfer?.version)
    throw new AtelierError('client.version-not-here', `the policy names version ${granted.version}, not ${version}`);
  return { kind: 'fetch-asked', version, ...byPerson() };
}

function start(parts: ActParts, record: InstanceRecord, happen: Happen): InstanceRecord | undefined {
  requireRight(parts, record, happen);
  const { granted } = record;
  const wanted = granted.version;
  if (record.version === null && record.staged === null) {
    if (wanted === null) throw new AtelierError('workspace.no-version', `${granted.name} has no version to run yet`);
    if (!parts.images.has(granted.image, wanted))
      return happen({ kind: 'fetch-asked', version: wanted, thenStart: true, ...byPerson() });
    happen({ kind: 'staged-locally', version: wanted });
  } else if (granted.policy.update.mode === 'force' && wanted !== null && takesByForce(record, wanted)) {
    // Already here, through another person's workspace for instance.
    if (parts.images.has(granted.image, wanted)) happen({ kind: 'staged-locally', version: wanted });
  }
  return happen({ kind: 'start-asked' });
}

const takesByForce = (record: InstanceRecord, wanted: number): boolean =>
  wanted !== record.version && wanted !== record.staged && wanted !== record.declined;

function switchVersion(
  parts: ActParts,
  record: InstanceRecord,
  happen: Happen,
  version: number | undefined,
): InstanceRecord | undefined {
  if (version === undefined) throw new AtelierError('request.invalid', 'say which version to switch to');
  const { granted } = record;
  if (parts.images.has(granted.image, version))
    return happen({ kind: 'switch-asked', version, wanted: granted.version });
  if (version === granted.version) return happen({ kind: 'fetch-asked', version, ...byPerson() });
  const here = parts.images.versions(granted.image).join(', ') || 'none';
  throw new AtelierError('client.version-not-here', `version ${version} is not on this computer; here are: ${here}`);
}
