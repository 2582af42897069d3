/** Why a stream was refused: a line over the limit, or a line that is no JSON object. */
export type JsonLineFault = 'too-long' | 'not-json';

export interface JsonLineReader {
  /** Takes the next bytes. Returns a fault once, after which everything is ignored. */
  push(chunk: Uint8Array): JsonLineFault | undefined;
}

/**
 * Reads JSON objects, one a line, from a byte stream that the other side may fill as it likes.
 * Never holds more than `limitBytes` of an unfinished line. Empty lines are skipped.
 */
export function createJsonLineReader(
  limitBytes: number,
  onObject: (object: Readonly<Record<string, unknown>>) => void,
): JsonLineReader {
  let parts: Uint8Array[] = [];
  let held = 0;
  let broken = false;

  const takeLine = (): JsonLineFault | undefined => {
    const text = Buffer.concat(parts).toString('utf8').trim();
    parts = [];
    held = 0;
    if (text === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'not-json';
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not-json';
    onObject(value as Record<string, unknown>);
    return undefined;
  };

  const read = (chunk: Uint8Array): JsonLineFault | undefined => {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(0x0a, start);
      const end = newline < 0 ? chunk.length : newline;
      held += end - start;
      if (held > limitBytes) return 'too-long';
      if (end > start) parts.push(chunk.subarray(start, end));
      if (newline < 0) return undefined;
      const fault = takeLine();
      if (fault) return fault;
      start = newline + 1;
    }
    return undefined;
  };

  return {
    push(chunk) {
      if (broken) return undefined;
      const fault = read(chunk);
      if (fault) {
        broken = true;
        parts = [];
      }
      return fault;
    },
  };
}
