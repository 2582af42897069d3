import { stat } from 'node:fs/promises';
import { type DiskFormat, qemuImg } from '@atelier/adapters/qemu';
import { AtelierError } from '@atelier/domain/errors';
import { limits } from '@atelier/trim';
import { versionFiles } from './version-files.ts';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A version whose disk was uploaded. */
export interface UploadedVersion {
  readonly id: string;
  readonly source_format: DiskFormat | null;
  readonly upload_bytes: number;
}

/**
 * Path of a draft's disk as raw bytes: the upload itself when it is raw, else converted once and kept. The upload is
 * checked first to be a disk of its format that stands alone and refers to no other file.
 *
 * @throws AtelierError `image.bad-disk`, `image.foreign-reference`, `image.bad-disk-file`, `image.too-large`
 */
export async function rawDisk(
  stateDir: string,
  version: UploadedVersion,
  options: { readonly signal: AbortSignal; readonly onProgress?: (fraction: number) => void },
): Promise<string> {
  const { upload, raw } = versionFiles(stateDir, version.id);
  const format = version.source_format ?? 'raw';
  if (await exists(raw)) return raw;
  if (!(await exists(upload)))
    throw new AtelierError('image.bad-disk', 'the uploaded disk is gone from the server; import it as a new version');
  const limit = { maxVirtualSize: limits.image, signal: options.signal };
  if (format === 'raw') {
    await qemuImg.info(upload, { format, ...limit });
    return upload;
  }
  await qemuImg.toRaw({ source: upload, target: raw, format, ...limit, onProgress: options.onProgress });
  return raw;
}
