import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

/** Where the daemon says what it does. Facts never hold secrets. */
export interface Log {
  debug(message: string, facts?: Record<string, unknown>): void;
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

export const logFileName = 'client.log';
/** Names that are never written, should one of them ever be among the facts. */
const secretNames = ['password', 'token', 'privateKey', 'key', 'authorization', 'secret', 'hash'];

/**
 * A log into `<folder>/client.log` (JSON lines), and into `also`. Files are private, at most `fileBytes` long;
 * `keep` older ones stay as client.log.1 and so on.
 */
export function openClientLog(
  folder: string,
  also?: Logger,
  { fileBytes = 5_000_000, keep = 3 }: { readonly fileBytes?: number; readonly keep?: number } = {},
): Log & { close(): void } {
  const path = join(folder, logFileName);
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  const rotate = () => {
    closeSync(file);
    for (let number = keep - 1; number >= 1; number--)
      if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    renameSync(path, `${path}.1`);
    file = openSync(path, 'a', 0o600);
    size = 0;
  };
  let open = true;
  const destination = {
    write: (line: string) => {
      if (!open) return;
      if (size > fileBytes) rotate();
      size += Buffer.byteLength(line);
      writeSync(file, line);
    },
  };
  const paths = secretNames.flatMap((name) => [name, `*.${name}`]);
  const own = pino(
    { level: 'debug', base: null, redact: paths, serializers: { error: pino.stdSerializers.err } },
    destination,
  );
  const say =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, facts: Record<string, unknown> = {}) => {
      own[level](facts, message);
      also?.[level](facts.error ? { ...facts, err: facts.error, error: undefined } : facts, message);
    };
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    close: () => {
      if (!open) return;
      open = false;
      closeSync(file);
    },
  };
}
