import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { receiveDisk, requireRoom } from './receive-disk.ts';
import { versionFiles } from './version-files.ts';
import { readVersionRow, type VersionRow } from './version-view.ts';

/** Uploads under way on this server, by version. */
const underWay = new Set<string>();

/** Takes the disk of a draft, or the rest of it, from the request's body. Answers once everything that came is synced. */
export async function uploadDisk(
  services: Services,
  name: string,
  number: number,
  offset: number,
  context: RequestContext,
): Promise<void> {
  const { content } = context;
  if (!content) throw new AtelierError('request.invalid', 'the request has no body');
  try {
    await takeDisk(services, await readVersionRow(services.db, name, number), offset, content, context.contentLength);
  } catch (error) {
    await drain(content);
    throw error;
  }
}

async function takeDisk(
  { db, config }: Services,
  version: VersionRow,
  offset: number,
  content: Readable,
  length: number | undefined,
): Promise<void> {
  const which = `version ${version.number} of ${version.image_name}`;
  if (version.state !== 'draft')
    throw new AtelierError('image.wrong-state', `${which} is ${version.state}: only a draft takes a disk`);
  if (offset > version.received_bytes) throw gap(version.received_bytes, offset);
  if (length !== undefined && offset + length > version.upload_bytes)
    throw new AtelierError(
      'image.upload-mismatch',
      `this would be more than the announced ${version.upload_bytes} bytes`,
    );
  if (underWay.has(version.id)) throw new AtelierError('image.wrong-state', `another upload of ${which} is under way`);
  underWay.add(version.id);
  try {
    const drafts = join(config.stateDir, 'drafts');
    await mkdir(drafts, { recursive: true, mode: 0o700 });
    await requireRoom(drafts, version.upload_bytes - offset);
    const { upload } = versionFiles(config.stateDir, version.id);
    const found = await stat(upload).catch(() => undefined);
    // A folder that was emptied or restored from elsewhere: what counts is what lies there.
    const there = Math.min(found?.size ?? 0, version.received_bytes);
    if (offset > there || offset < version.received_bytes) await setReceived(db, version.id, Math.min(there, offset));
    if (offset > there) throw gap(there, offset);
    await receiveDisk(upload, content, offset, version.upload_bytes, (bytes) => setReceived(db, version.id, bytes));
  } finally {
    underWay.delete(version.id);
  }
}

const gap = (received: number, offset: number) =>
  new AtelierError('image.upload-mismatch', `${received} bytes are here, it cannot go on at ${offset}`, {
    extra: { receivedBytes: received },
  });

/** Reads on for a moment after a refusal: a sender that is cut off while it writes never sees why. */
async function drain(content: Readable): Promise<void> {
  if (content.destroyed || content.readableEnded) return;
  const ended = new Promise<void>((resolve) =>
    content
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve()),
  );
  content.resume();
  await Promise.race([ended, sleep(2000)]);
}

async function setReceived(db: Services['db'], id: string, bytes: number): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('image_version')
    .set({ received_bytes: bytes })
    .where('id', '=', id)
    .where('state', '=', 'draft')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new AtelierError('image.wrong-state', 'the version is no draft any more');
}
