import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One numbered step of the schema. Steps only go forward, and a released file never changes. */
export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
}

const form = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** The migrations in `folder` by number; throws when the numbers have gaps or repeat, or a file is named otherwise. */
export async function readMigrationFiles(folder = join(import.meta.dirname, 'migrations')): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (fileName, index) => {
      const [, number, name] = form.exec(fileName) ?? [];
      if (Number(number) !== index + 1) {
        throw new Error(`migration ${fileName} is out of order: number ${index + 1} was expected, as NNNN-name.sql`);
      }
      const content = await readFile(join(folder, fileName));
      const checksum = createHash('sha256').update(content).digest('hex');
      return { number: index + 1, name: name!, sql: content.toString('utf8'), checksum };
    }),
  );
}
