import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TrimError } from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

const folder = '.leases/';
const lifetimeMs = 10 * 60 * 1000;
const leaseLimit = 1024 * 1024;

/** A claim on the repository that ends by itself when its holder dies. */
export type Lease = {
  readonly kind: 'publish' | 'gc';
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  /** start of the process, for numbers of processes are used again; empty where it cannot be told */
  readonly started: string;
  readonly expires: number;
  /** packs that are in place already, though no manifest names them yet */
  readonly packs: readonly string[];
};

export type HeldLease = {
  /** packs of whoever held the lease before and died */
  readonly inherited: readonly string[];
  readonly record: (pack: string) => Promise<void>;
  readonly release: () => Promise<void>;
};

export function publishLeasePath(image: string, version: number): string {
  return `${folder}publish.${image}.${version}.json`;
}

export const gcLeasePath = `${folder}gc.json`;

/**
 * Takes a lease, renewed until it is released. Throws `trim.busy` when somebody else holds it and lives. Whoever takes a
 * lease then looks for conflicting ones: as both sides do it in this order, never do both go on.
 */
export async function takeLease(store: RepositoryStore, path: string, kind: Lease['kind']): Promise<HeldLease> {
  const before = await readLease(store, path);
  if (before && (await isLive(before)))
    throw new TrimError('trim.busy', `${path} is held by process ${before.pid} on ${before.host}`);
  const started = await startOf(process.pid);
  let packs = before?.packs ?? [];
  const mine = { kind, holder: randomUUID(), host: hostname(), pid: process.pid, started };
  const write = () => {
    const lease: Lease = { ...mine, expires: Date.now() + lifetimeMs, packs };
    return store.replace(path, Buffer.from(JSON.stringify(lease)));
  };
  if (before) await store.remove(path);
  const first: Lease = { ...mine, expires: Date.now() + lifetimeMs, packs };
  if (!(await store.writeImmutable(path, Buffer.from(JSON.stringify(first)))))
    throw new TrimError('trim.busy', `${path} was taken by another`);
  let writing: Promise<void> = Promise.resolve();
  const again = () => {
    writing = writing.then(write, write);
    return writing;
  };
  const timer = setInterval(() => again().catch(() => undefined), lifetimeMs / 5);
  timer.unref();
  return {
    inherited: packs,
    record: (pack) => {
      packs = [...packs, pack];
      return again();
    },
    release: async () => {
      clearInterval(timer);
      await writing.catch(() => undefined);
      await store.remove(path);
    },
  };
}

/** All leases whose holders live. */
export async function liveLeases(store: RepositoryStore): Promise<readonly (Lease & { readonly path: string })[]> {
  const live = [];
  for await (const { path } of store.list(folder)) {
    const lease = await readLease(store, path);
    if (lease && (await isLive(lease))) live.push({ ...lease, path });
  }
  return live;
}

async function readLease(store: RepositoryStore, path: string): Promise<Lease | undefined> {
  const bytes = await store.read(path, leaseLimit);
  if (!bytes) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Lease;
  } catch {
    return undefined;
  }
}

/** On this host a dead process holds nothing; on others only time tells. */
async function isLive(lease: Lease): Promise<boolean> {
  if (lease.expires <= Date.now()) return false;
  if (lease.host !== hostname()) return true;
  return lease.started === (await startOf(lease.pid));
}

/** When a process started, in the kernel's count; `gone` when there is none. Empty on systems without /proc. */
async function startOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return '';
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return 'gone';
  }
}
