import type { LinuxHost } from '../linux-host.ts';

/** Properties of a unit as `systemctl show` tells them. */
export type Unit = ReadonlyMap<string, string>;

const properties = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'MainPID',
  'ExecMainStatus',
  'ExecStart',
  'User',
  'Type',
  'CanStop',
  'CanReload',
  'Requires',
  'Wants',
  'FragmentPath',
  'ActiveEnterTimestamp',
  'Result',
].join(',');

/** Units asked for at once: keeps the command line short. */
const batch = 100;

const unitName = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

async function namesOf(
  host: LinuxHost,
  args: readonly string[],
  field: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const output = await host.run(
    host.programs.systemctl,
    [...args, '--type=service', '--no-pager', '--output=json'],
    signal,
  );
  if (output === null) return null;
  try {
    const rows = JSON.parse(output) as readonly Readonly<Record<string, unknown>>[];
    return rows.map((one) => String(one[field])).filter((one) => unitName.test(one));
  } catch {
    // An older systemd without JSON is treated like none.
    return null;
  }
}

/** Names of all services, loaded or only installed; nothing where systemd does not run. Templates are no services. */
export async function serviceNames(host: LinuxHost, signal: AbortSignal): Promise<readonly string[]> {
  const loaded = await namesOf(host, ['list-units', '--all'], 'unit', signal);
  if (loaded === null) return [];
  const files = (await namesOf(host, ['list-unit-files'], 'unit_file', signal)) ?? [];
  return [...new Set([...loaded, ...files.filter((one) => !one.endsWith('@.service'))])].sort();
}

function parseShow(output: string): readonly Unit[] {
  return output
    .split(/\n\n+/)
    .filter((one) => one.trim() !== '')
    .map((block) => {
      const unit = new Map<string, string>();
      for (const row of block.split('\n')) {
        const at = row.indexOf('=');
        // A program may have several ExecStart; the first is what Windows shows.
        if (at > 0 && !unit.has(row.slice(0, at))) unit.set(row.slice(0, at), row.slice(at + 1));
      }
      return unit;
    });
}

/** What systemd knows of units that exist, drawn in batches. */
export async function* showUnits(host: LinuxHost, names: readonly string[], signal: AbortSignal): AsyncGenerator<Unit> {
  for (let from = 0; from < names.length; from += batch) {
    const some = names.slice(from, from + batch).filter((one) => unitName.test(one));
    const output = await host.run(host.programs.systemctl, ['show', `--property=${properties}`, '--', ...some], signal);
    for (const unit of parseShow(output ?? '')) if (unit.get('LoadState') !== 'not-found') yield unit;
  }
}

/** One unit; null when there is none of that name. */
export async function showUnit(host: LinuxHost, name: string, signal: AbortSignal): Promise<Unit | null> {
  for await (const unit of showUnits(host, [name], signal)) return unit;
  return null;
}

/** Windows' start mode of a unit file: what starts by itself, what can be started, what cannot. */
export function startModeOf(unit: Unit): 'Auto' | 'Manual' | 'Disabled' {
  const state = unit.get('UnitFileState') ?? '';
  if (/^(enabled|enabled-runtime|linked|linked-runtime|alias)$/.test(state)) return 'Auto';
  return /^masked/.test(state) || unit.get('LoadState') === 'masked' ? 'Disabled' : 'Manual';
}

/** The unit of a service's short name. */
export const unitOf = (name: string): string =>
  name.includes('.') && /\.(service|socket|timer|target|mount)$/.test(name) ? name : `${name}.service`;
