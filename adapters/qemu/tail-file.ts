import { open } from 'node:fs/promises';

const windowBytes = 64 * 1024;

/** The last lines of a text file, without control characters; none when there is no such file. Reads 64 KiB at most. */
export async function tailFile(path: string, lines: number): Promise<readonly string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - windowBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, windowBytes)), { position: from });
    return plainLines(buffer.toString('utf8', 0, bytesRead)).slice(-lines);
  } finally {
    await file.close();
  }
}

/** Splits console output into lines that are safe to show: terminal sequences and control characters are taken out. */
export function plainLines(text: string): string[] {
  return text
    .replace(terminalSequence, '')
    .split(/[\r\n]+/)
    .map((line) => line.replace(controlCharacter, '').trimEnd())
    .filter((line) => line !== '');
}

// Built from text, since a pattern with control characters in it cannot be read.
const esc = '\\u001b';
const terminalSequence = new RegExp(
  `${esc}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007${esc}]*(?:\\u0007|${esc}\\\\)|[()][A-Za-z0-9]|[@-Z\\\\-_a-z78=>])`,
  'g',
);
const controlCharacter = /\p{Cc}/gu;
