import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { receiveDisk, requireRoom } from './receive-disk.ts';
import { versionFiles } from './version-files.ts';
import { readVersionRow } from './version-view.ts';

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
  const { db, config } = services;
  const version = await readVersionRow(db, name, number);
  if (version.state !== 'draft')
    throw new AtelierError(
      'image.wrong-state',
      `version ${number} of ${name} is ${version.state}: only a draft takes a disk`,
    );
  if (offset > version.received_bytes)
    throw new AtelierError(
      'image.upload-mismatch',
      `${version.received_bytes} bytes are here, it cannot go on at ${offset}`,
      {
        extra: { receivedBytes: version.received_bytes },
      },
    );
  if (context.contentLength !== undefined && offset + context.contentLength > version.upload_bytes)
    throw new AtelierError(
      'image.upload-mismatch',
      `this would be more than the announced ${version.upload_bytes} bytes`,
    );
  if (!context.content) throw new AtelierError('request.invalid', 'the request has no body');
  if (underWay.has(version.id))
    throw new AtelierError('image.wrong-state', `another upload of version ${number} of ${name} is under way`);
  underWay.add(version.id);
  try {
    await mkdir(join(config.stateDir, 'drafts'), { recursive: true, mode: 0o700 });
    await requireRoom(join(config.stateDir, 'drafts'), version.upload_bytes - offset);
    const { upload } = versionFiles(config.stateDir, version.id);
    if (offset < version.received_bytes) await setReceived(db, version.id, offset);
    await receiveDisk(upload, context.content, offset, version.upload_bytes, (bytes) =>
      setReceived(db, version.id, bytes),
    );
  } finally {
    underWay.delete(version.id);
  }
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
