import { contract, fillPath, ProblemError, problem } from '@atelier/api';

/**
 * Sends one piece of a disk by XMLHttpRequest (fetch tells no upload progress).
 *
 * @returns the bytes that the server has now
 * @throws ProblemError when the server refused, TypeError when the connection broke
 */
export function sendPiece(what: {
  readonly name: string;
  readonly number: number;
  readonly offset: number;
  readonly piece: Blob;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = new XMLHttpRequest();
  const { name, number, offset } = what;
  request.open('PUT', fillPath(contract.images.upload.path, { name, number }, { offset }));
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  request.upload.onprogress = (event) => what.onProgress(event.loaded);
  request.onerror = () => reject(new TypeError('the connection broke'));
  request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
  request.onload = () => {
    if (request.status < 300) return resolve((request.response as { receivedBytes: number }).receivedBytes);
    const parsed = problem.safeParse(request.response);
    reject(parsed.success ? new ProblemError(parsed.data) : new TypeError(`the server answered ${request.status}`));
  };
  what.signal.addEventListener('abort', () => request.abort(), { once: true });
  request.send(what.piece);
  return promise;
}
