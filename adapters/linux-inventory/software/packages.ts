import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LinuxHost } from '../linux-host.ts';

/** An installed package of dpkg. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly maintainer: string | null;
  readonly summary: string | null;
  readonly homepage: string | null;
}

/** A package that was brought up to date. */
export interface Upgrade {
  readonly at: Date;
  readonly name: string;
  readonly version: string;
}

async function* lines(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path);
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    stream.destroy();
  }
}

function packageOf(fields: ReadonlyMap<string, string>): Package | null {
  const [name, version] = [fields.get('Package'), fields.get('Version')];
  if (!name || !version || !/ installed$/.test(fields.get('Status') ?? '')) return null;
  return {
    name,
    version,
    architecture: fields.get('Architecture') ?? 'all',
    maintainer: fields.get('Maintainer') ?? null,
    summary: fields.get('Description') ?? null,
    homepage: fields.get('Homepage') ?? null,
  };
}

/** Packages in dpkg's status file, one after the other; none on a machine without dpkg. */
export async function* readPackages(host: LinuxHost): AsyncGenerator<Package> {
  const path = host.path('var/lib/dpkg/status');
  if ((await host.changed('var/lib/dpkg/status')) === null) return;
  let fields = new Map<string, string>();
  for await (const row of lines(path)) {
    if (row === '') {
      const one = packageOf(fields);
      if (one) yield one;
      fields = new Map();
    } else if (row[0] !== ' ') {
      const at = row.indexOf(':');
      fields.set(row.slice(0, at), row.slice(at + 1).trim());
    }
  }
  const last = packageOf(fields);
  if (last) yield last;
}

/** When a package's files were laid down. */
export async function packageDate(host: LinuxHost, one: Package): Promise<Date | null> {
  const folder = 'var/lib/dpkg/info';
  return (
    (await host.changed(`${folder}/${one.name}.list`)) ??
    (await host.changed(`${folder}/${one.name}:${one.architecture}.list`))
  );
}

/** Upgrades in dpkg's logs, oldest first. Times are the machine's own. */
export async function* readUpgrades(host: LinuxHost): AsyncGenerator<Upgrade> {
  for (const file of ['var/log/dpkg.log.1', 'var/log/dpkg.log']) {
    if ((await host.changed(file)) === null) continue;
    for await (const row of lines(host.path(file))) {
      const [day, time, action, name, , version] = row.split(' ');
      if (action === 'upgrade' && name && version)
        yield { at: new Date(`${day}T${time}`), name: name.split(':')[0]!, version };
    }
  }
}

/** A GUID that stays the same for the same text, as Windows shows products. */
export function stableGuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').toUpperCase();
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}}`;
}
