import pino, { type Logger } from 'pino';
import type { ServerConfig } from '../config.ts';

/** Fields that may carry a secret, wherever somebody logs them by mistake. */
const secretPaths = ['password', 'token', 'secret', 'authorization', 'cookie', 'set-cookie', 'csr', 'next', 'current'];

/** The structured log: JSON lines on standard error, or appended to `logFile`. Each line of a request carries its correlationId. */
export function openLog(config: Pick<ServerConfig, 'logLevel' | 'logFile'>): Logger {
  return pino(
    {
      level: config.logLevel,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretPaths.flatMap((path) => [`["${path}"]`, `*["${path}"]`, `*.*["${path}"]`]), censor: '…' },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    pino.destination({ dest: config.logFile ?? 2, append: true, mkdir: true, sync: true }),
  );
}
