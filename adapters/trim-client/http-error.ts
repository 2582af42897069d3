import { TrimError } from '@atelier/trim';

/** What became of a request that did not succeed, and whether to try again. */
export class HttpFailure extends Error {
  readonly error: TrimError;
  readonly again: boolean;
  /** milliseconds that the server asked to wait */
  readonly waitMs: number;

  constructor(error: TrimError, again: boolean, waitMs = 0) {
    super(error.message);
    this.error = error;
    this.again = again;
    this.waitMs = waitMs;
  }
}

/** The failure that a status other than 200 and 206 stands for. */
export function statusFailure(status: number, url: string, retryAfter: string | undefined): HttpFailure {
  const says = `${url} answered with status ${status}`;
  if (status === 401 || status === 403) return new HttpFailure(new TrimError('trim.unauthorized', says), false);
  if (status === 404 || status === 410) return new HttpFailure(new TrimError('trim.not-found', says), false);
  if (status === 416)
    return new HttpFailure(
      new TrimError('trim.pack-digest', `${says}: the file is shorter than its manifest says`),
      false,
    );
  const again = status >= 500 || status === 408 || status === 429;
  const seconds = Number(retryAfter ?? 0);
  return new HttpFailure(
    new TrimError('trim.http', says),
    again,
    again && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0,
  );
}

const tlsCodes = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The failure behind an error of a connection. */
export function connectionFailure(cause: unknown, url: string): HttpFailure {
  if (cause instanceof HttpFailure) return cause;
  if (cause instanceof TrimError) return new HttpFailure(cause, false);
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (tlsCodes.test(code)) return new HttpFailure(new TrimError('trim.tls', `${url}: ${message}`, { cause }), false);
  return new HttpFailure(new TrimError('trim.network', `${url}: ${message}`, { cause }), true);
}
