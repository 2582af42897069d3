import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseRepositoryPath } from '@atelier/trim';
import { byteRange } from './byte-range.ts';

/** A manifest is replaced when packs are rewritten. */
const mutable: readonly string[] = ['root', 'latest', 'manifest'];

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers });
  response.end(`${text}\n`);
}

/**
 * Answers GET or HEAD for one file of the repository in `folder`, as a plain web server would: one range, ETag,
 * `immutable` for everything whose name comes from its content. Files that are none of the format do not exist here.
 */
export async function serveRepositoryFile(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const kind = parseRepositoryPath(path)?.kind;
  const file = kind && (await open(join(folder, path), 'r').catch(() => undefined));
  if (!file) return plain(response, 404, 'no such file in this repository');
  try {
    await serveOpenFile(file, mutable.includes(kind), request, response);
  } finally {
    await file.close();
  }
}

async function serveOpenFile(file: FileHandle, changes: boolean, request: IncomingMessage, response: ServerResponse) {
  const { size, mtime, mtimeNs, ino } = await file.stat({ bigint: true });
  const bytes = Number(size);
  const etag = `"${ino.toString(36)}-${mtimeNs.toString(36)}-${bytes.toString(36)}"`;
  const headers: Record<string, string> = {
    etag,
    'last-modified': mtime.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': changes ? 'no-cache' : 'private, max-age=31536000, immutable',
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  };
  const known = request.headers['if-none-match'];
  if (known === '*' || known?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  // A range of another file than the caller thinks of would be rubbish: then it gets the whole one.
  const condition = request.headers['if-range'];
  const sameFile = condition === undefined || condition === etag;
  const range = byteRange(sameFile ? request.headers.range : undefined, bytes);
  if (range.kind === 'unsatisfiable')
    return plain(response, 416, 'the range lies outside of the file', { 'content-range': `bytes */${bytes}` });
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: bytes - 1 };
  headers['content-length'] = String(end - start + 1);
  if (range.kind === 'part') headers['content-range'] = `bytes ${start}-${end}/${bytes}`;
  response.writeHead(range.kind === 'part' ? 206 : 200, headers);
  if (request.method === 'HEAD' || bytes === 0) {
    response.end();
    return;
  }
  await pipeline(createReadStream('', { fd: file, autoClose: false, start, end, highWaterMark: 256 * 1024 }), response);
}
