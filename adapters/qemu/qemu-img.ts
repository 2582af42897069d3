import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import type { DiskFormat, DiskInfo } from './disk-info.ts';
import { detectDiskFormat, diskHeadBytes, foreignReference } from './foreign-reference.ts';
import { runQemuImg } from './run-qemu-img.ts';

const infoTimeoutMs = 30_000;
const infoMemoryBytes = 2 * 1024 ** 3;
const defaultMaxVirtualSize = 1024 ** 4;
const defaultConvertTimeoutMs = 4 * 3600_000;

export interface InspectOptions {
  /** Its stated format; default: what its first bytes say. */
  readonly format?: DiskFormat;
  /** In bytes; default 1 TiB. */
  readonly maxVirtualSize?: number;
  readonly signal?: AbortSignal;
}

/**
 * Looks at a disk from outside without opening anything that it refers to.
 * Throws `image.foreign-reference`, `image.bad-disk-file`, `image.too-large`, `vm.timeout`, `vm.qemu-missing`.
 */
async function info(path: string, options: InspectOptions = {}): Promise<DiskInfo> {
  const head = await readHead(path);
  const format = options.format ?? detectDiskFormat(head);
  const reference = foreignReference(format, head);
  if (reference) throw new AtelierError('image.foreign-reference', `the ${format} disk cannot be taken: ${reference}`);
  const text = await runQemuImg(['info', '--output=json', '-f', format, fileName(path)], {
    timeoutMs: infoTimeoutMs,
    memoryBytes: infoMemoryBytes,
    signal: options.signal,
  });
  const found = JSON.parse(text) as Record<string, unknown>;
  // once more in QEMU's own words, should the header have hidden it from us
  const data = (found['format-specific'] as { data?: Record<string, unknown> } | undefined)?.data;
  if ('backing-filename' in found || 'full-backing-filename' in found || (data && 'data-file' in data)) {
    throw new AtelierError('image.foreign-reference', `the ${format} disk cannot be taken: it refers to another file`);
  }
  const virtualSize = Number(found['virtual-size']);
  const limit = options.maxVirtualSize ?? defaultMaxVirtualSize;
  if (!(virtualSize > 0)) throw new AtelierError('image.bad-disk-file', `the ${format} disk has no content`);
  if (virtualSize > limit) {
    throw new AtelierError('image.too-large', `the disk has ${virtualSize} bytes, ${limit} are allowed`);
  }
  return { format, virtualSize, actualSize: Number(found['actual-size'] ?? 0) };
}

export interface ToRawOptions extends InspectOptions {
  readonly source: string;
  /** Written beside first; an existing file is replaced. Holes stay holes. */
  readonly target: string;
  /** Called with the part that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Default: 4 hours. */
  readonly timeoutMs?: number;
}

/** Turns a disk from outside into a raw one, after the checks of `info` and of the whole file's structure. */
async function toRaw(options: ToRawOptions): Promise<DiskInfo> {
  const found = await info(options.source, options);
  await checkStructure(options, found.format);
  const beside = `${resolve(options.target)}.new`;
  try {
    await runQemuImg(['convert', '-p', '-f', found.format, '-O', 'raw', fileName(options.source), fileName(beside)], {
      timeoutMs: options.timeoutMs ?? defaultConvertTimeoutMs,
      signal: options.signal,
      onOutput(text) {
        const percent = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
        if (percent !== undefined) options.onProgress?.(Math.min(1, Number(percent) / 100));
      },
    });
    await place(beside, options.target);
  } finally {
    await rm(beside, { force: true });
  }
  return found;
}

/** Turns a raw disk of ours into a qcow2, with holes left out. */
async function toQcow2(options: {
  readonly source: string;
  readonly target: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const beside = `${resolve(options.target)}.new`;
  try {
    await runQemuImg(['convert', '-f', 'raw', '-O', 'qcow2', fileName(options.source), fileName(beside)], {
      timeoutMs: options.timeoutMs ?? defaultConvertTimeoutMs,
      signal: options.signal,
    });
    await place(beside, options.target);
  } finally {
    await rm(beside, { force: true });
  }
}

/** What lies beyond the end of a file that was cut short reads as zeros, and converting it does not fail: so check first. */
async function checkStructure(options: ToRawOptions, format: DiskFormat): Promise<void> {
  // the other formats have nothing to check, or are checked as they are opened
  if (format !== 'qcow2' && format !== 'vmdk' && format !== 'vhdx') return;
  const { timeoutMs = defaultConvertTimeoutMs, signal } = options;
  const leakedClustersOnly = 3;
  await runQemuImg(['check', '-q', '-f', format, fileName(options.source)], {
    timeoutMs,
    signal,
    alsoFine: [leakedClustersOnly],
  });
}

/** Makes an empty layer over a raw base: what the guest writes goes into it, the base is never written. */
async function createOverlay(options: { readonly base: string; readonly overlay: string }): Promise<void> {
  const base = resolve(options.base);
  await create(options.overlay, (beside) => ['-b', base, '-F', 'raw', beside]);
}

/** Makes a blank disk for what a person keeps. It takes room on the host only as it fills. */
async function createDataDisk(options: { readonly path: string; readonly sizeBytes: number }): Promise<void> {
  await create(options.path, (beside) => [beside, String(options.sizeBytes)]);
}

async function create(path: string, args: (beside: string) => string[]): Promise<void> {
  const beside = `${resolve(path)}.new`;
  try {
    await runQemuImg(['create', '-q', '-f', 'qcow2', ...args(beside)], { timeoutMs: infoTimeoutMs });
    await place(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

async function place(beside: string, path: string): Promise<void> {
  const file = await open(beside, 'r');
  await file.sync().finally(() => file.close());
  await rename(beside, path);
  const folder = await open(dirname(resolve(path)), 'r');
  await folder.sync().finally(() => folder.close());
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((cause) => {
    throw new AtelierError('image.bad-disk-file', `the disk cannot be opened: ${cause.message}`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(diskHeadBytes), { position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** An absolute path begins with no protocol and no option, whatever it is called. */
const fileName = (path: string): string => resolve(path);

/** Disk files, by way of the program qemu-img. */
export const qemuImg = { info, toRaw, toQcow2, createOverlay, createDataDisk } as const;
