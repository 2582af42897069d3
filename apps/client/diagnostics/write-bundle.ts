import { execFile } from 'node:child_process';
import { stat, statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, release, totalmem, uptime } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { writeDurably } from '@atelier/adapters/durable-file';
import type { InstanceReport, LocalStatus } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { QueuedEvent } from '@atelier/domain/events';
import { logFileName } from '../log/client-log.ts';
import { lastLines } from '../log/last-lines.ts';
import type { Identity } from '../state/identity-store.ts';
import { instanceLayout, type StateLayout } from '../state/state-layout.ts';
import { tarGz } from './tar-archive.ts';
import { withoutSecrets } from './without-secrets.ts';

const run = promisify(execFile);

export interface BundleParts {
  readonly layout: StateLayout;
  readonly identity: Identity | undefined;
  readonly status: LocalStatus;
  readonly reports: readonly InstanceReport[];
  readonly events: readonly QueuedEvent[];
}

/**
 * Writes a bundle for the helpdesk: a gzipped tar of what the client knows of itself, without any secret.
 *
 * @param target absolute path of the file, or a folder for it
 */
export async function writeBundle(parts: BundleParts, target: string): Promise<{ file: string; bytes: number }> {
  if (!isAbsolute(target)) throw new AtelierError('request.invalid', 'the target must be an absolute path');
  const folder = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const now = new Date();
  const stamp = now.toISOString().replace(/[:.]/g, '-');
  const file = folder ? join(target, `atelier-diagnostics-${stamp}.tar.gz`) : target;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const entries = [
    { name: 'checks.json', content: json(await checks(parts.layout)) },
    { name: 'identity.json', content: json(publicIdentity(parts.identity)) },
    { name: 'status.json', content: json(parts.status) },
    { name: 'instances.json', content: json(parts.reports) },
    { name: 'queued-events.json', content: json(parts.events) },
    { name: 'client.log', content: (await lastLines(join(parts.layout.logs, logFileName), 5000)).join('\n') },
  ];
  for (const [number, { userId, workspaceId }] of parts.reports.entries()) {
    const { vm } = instanceLayout(parts.layout, userId, workspaceId);
    for (const name of ['console.log', 'qemu.log'])
      entries.push({ name: `instance-${number}/${name}`, content: (await lastLines(join(vm, name), 500)).join('\n') });
  }
  const bytes = tarGz(
    entries.map(({ name, content }) => ({ name: `atelier-diagnostics/${name}`, content: withoutSecrets(content) })),
    now,
  );
  await writeDurably(file, bytes).catch((cause) => {
    throw new AtelierError('request.invalid', `the bundle cannot be written: ${cause.message}`, { cause });
  });
  return { file, bytes: bytes.length };
}

/** What may be known of an identity: chosen field by field, so that a new one does not slip in. */
const publicIdentity = (identity: Identity | undefined) =>
  identity && {
    endpointId: identity.endpointId,
    name: identity.name,
    server: identity.server,
    revoked: identity.revoked,
    policyKeys: identity.policyKeys.map((one) => one.keyId),
    ca: identity.ca,
    certificate: identity.certificate,
  };

async function checks(layout: StateLayout) {
  const version = (program: string) =>
    run(program, ['--version'], { timeout: 10_000 }).then(
      ({ stdout }) => stdout.split('\n')[0],
      (error: Error) => `not usable: ${error.message.split('\n')[0]}`,
    );
  const { bavail, bsize, blocks } = await statfs(layout.root);
  return {
    node: process.version,
    kernel: release(),
    processors: cpus().length,
    load: loadavg(),
    memoryMiB: { total: Math.floor(totalmem() / 2 ** 20), free: Math.floor(freemem() / 2 ** 20) },
    diskMiB: { total: Math.floor((blocks * bsize) / 2 ** 20), free: Math.floor((bavail * bsize) / 2 ** 20) },
    uptimeSeconds: Math.floor(uptime()),
    stateFolder: layout.root,
    qemu: await version('qemu-system-x86_64'),
    qemuImg: await version('qemu-img'),
    kvm: await stat('/dev/kvm').then(
      () => 'present',
      () => 'absent',
    ),
  };
}
