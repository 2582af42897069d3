import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trimIoError } from '@atelier/trim';

/** A file that grows in the spool folder while its sha256 is taken. */
export class SpoolFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #length = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(folder: string): Promise<SpoolFile> {
    const path = join(folder, randomUUID());
    return new SpoolFile(path, await open(path, 'wx', 0o644));
  }

  get length(): number {
    return this.#length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file
        .write(bytes, done, bytes.length - done, this.#length + done)
        .catch((error) => Promise.reject(trimIoError(error, 'the repository cannot be written')));
      done += bytesWritten;
    }
    this.#length += bytes.length;
  }

  /** Closes the file; gives the sha256 of all of it in hex. */
  async finish(): Promise<string> {
    await this.#file.close();
    return this.#hash.digest('hex');
  }

  /** Closes and removes the file, for a work that stops midway. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}
