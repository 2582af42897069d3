import { readFile } from 'node:fs/promises';
import { usageFailure } from '../failure/cli-failure.ts';

/** A document that a person wrote, in YAML or JSON (which is YAML too); `-` reads standard input. */
export async function readDocument(path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  const text = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8').catch(() => {
    throw usageFailure(`${path} cannot be read`);
  });
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw usageFailure(`${path} is not valid YAML: ${(cause as Error).message}`);
  }
}
