import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildDebianSample } from '@atelier/adapters/debian-image';
import { newId } from '@atelier/adapters/postgres';
import type { VersionState } from '@atelier/domain/images';
import { assignmentLimitsSchema, policySchema } from '@atelier/domain/workspaces';
import type { Signer } from '@atelier/trim';
import { promoteVersion } from '../images/channel-handlers.ts';
import { moveVersion } from '../images/move-version.ts';
import { packTask } from '../images/pack-task.ts';
import { pushTask } from '../images/push-task.ts';
import { versionFiles } from '../images/version-files.ts';
import { lockVersion } from '../images/version-view.ts';
import type { Repository } from '../repository/index.ts';
import type { Origin, Services, TaskControl } from '../services.ts';
import { makeAssignment, makeWorkspace } from '../workspaces/index.ts';

/** What the sample is called everywhere. */
export const sample = { name: 'debian-lab', channel: 'stable', number: 1 } as const;

const policy = policySchema.parse({
  vm: {
    vcpus: 1,
    memory: {
      table: [
        { hostMiB: 1, vmMiB: 512 },
        { hostMiB: 8192, vmMiB: 768 },
      ],
    },
    dataDiskMiB: 512,
  },
  update: { mode: 'suggest', keepOnly: 2 },
});

/** Makes the image and the draft of its first version, unless they are there. Gives the version's id. */
async function makeDraft(
  services: Services,
  origin: Origin,
): Promise<{ readonly id: string; readonly state: VersionState }> {
  return await services.database.withTransaction(async (trx) => {
    const capabilities = ['guest-agent', 'data-disk'];
    const made = await trx
      .insertInto('image')
      .values({
        id: newId(),
        name: sample.name,
        description: 'a small Debian 12, made from its packages',
        os: 'Debian 12',
        capabilities,
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('id')
      .executeTakeFirst();
    const image =
      made ?? (await trx.selectFrom('image').select('id').where('name', '=', sample.name).executeTakeFirstOrThrow());
    if (made) {
      const object = { kind: 'image', id: image.id, name: sample.name };
      await services.audit.append(trx, origin, { verb: 'image.create', object, before: null, after: { capabilities } });
    }
    const found = await trx
      .selectFrom('image_version')
      .select(['id', 'state'])
      .where('image_id', '=', image.id)
      .where('number', '=', sample.number)
      .executeTakeFirst();
    if (found) return found;
    const id = newId();
    const version = { id, image_id: image.id, number: sample.number, source_format: 'raw', capabilities } as const;
    await trx
      .insertInto('image_version')
      .values({ ...version, notes: 'the sample' })
      .execute();
    const object = { kind: 'image-version', id, name: `${sample.name}/${sample.number}` };
    await services.audit.append(trx, origin, {
      verb: 'image-version.create',
      object,
      before: null,
      after: { capabilities },
    });
    return { id, state: 'draft' };
  });
}

const ownCache = (stateDir: string) => join(stateDir, 'cache', 'debian-image');

/** Builds the disk into the draft's folder, as if somebody had uploaded it. */
async function buildDisk(services: Services, versionId: string, control: TaskControl): Promise<void> {
  const { stateDir } = services.config;
  const { upload } = versionFiles(stateDir, versionId);
  const there = await services.db
    .selectFrom('image_version')
    .select(['received_bytes', 'upload_bytes'])
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow();
  if (there.upload_bytes > 0 && there.received_bytes === there.upload_bytes) return;
  await mkdir(dirname(upload), { recursive: true, mode: 0o700 });
  await buildDebianSample({
    target: upload,
    cacheDir: services.config.sampleCache ?? ownCache(stateDir),
    name: sample.name,
    version: String(sample.number),
    signal: control.signal,
    onProgress: ({ fraction, detail }) => control.progress(fraction * 0.6, detail),
  });
  const file = await open(upload, 'r+');
  await file.sync().finally(() => file.close());
  const { size } = await stat(upload);
  await services.db
    .updateTable('image_version')
    .set({ upload_bytes: size, received_bytes: size })
    .where('id', '=', versionId)
    .execute();
}

/** Packs or pushes the version as its task would, within this one: a task must not wait for another. */
async function step(
  services: Services,
  origin: Origin,
  verb: 'pack' | 'push',
  work: (input: { readonly versionId: string }, control: TaskControl) => Promise<unknown>,
  control: TaskControl,
): Promise<void> {
  const row = await services.database.withTransaction(async (trx) => {
    const found = await lockVersion(trx, sample.name, sample.number);
    const from = verb === 'pack' ? ['draft', 'failed'] : ['packed'];
    if (from.includes(found.state)) await moveVersion(services, trx, origin, found, verb, { error: null });
    return found;
  });
  await work({ versionId: row.id }, control);
}

/** The same control with its progress as a part of the whole. */
const within = (control: TaskControl, from: number, to: number): TaskControl => ({
  ...control,
  progress: (fraction, message) => control.progress(fraction === null ? null : from + fraction * (to - from), message),
});

/** Binds the image into a workspace that everyone has. */
async function assignToEveryone(services: Services, policySigner: Signer, origin: Origin): Promise<void> {
  await services.database.withTransaction(async (trx) => {
    const known = await trx.selectFrom('workspace').select('id').where('name', '=', sample.name).executeTakeFirst();
    const id =
      known?.id ??
      (await makeWorkspace(services, trx, policySigner, origin, {
        name: sample.name,
        description: 'Debian laboratory',
        supportContact: '',
        type: 'persistent',
        image: sample.name,
        channel: sample.channel,
        pinnedVersion: null,
        enabled: true,
        policy,
      }));
    const given = await trx.selectFrom('assignment').select('id').where('workspace_id', '=', id).executeTakeFirst();
    if (given) return;
    const principal = { kind: 'group', id: services.people.everyoneId } as const;
    await makeAssignment(
      services,
      trx,
      origin,
      { id, name: sample.name },
      { ...assignmentLimitsSchema.parse({}), principal },
    );
  });
}

/**
 * The task `sample.prepare`: a Debian guest from Debian's packages, published as version 1 of `debian-lab`, on channel
 * `stable`, as a workspace for everyone. Each step looks first at what is there: killed anywhere, it goes on from there.
 */
export function sampleTask(services: Services, repository: Repository, policySigner: Signer) {
  return async (_input: unknown, control: TaskControl) => {
    const origin: Origin = { actor: { kind: 'system' }, correlationId: control.correlationId };
    const { id, state } = await makeDraft(services, origin);
    if (state === 'draft' || state === 'failed') await buildDisk(services, id, control);
    await step(services, origin, 'pack', packTask(services, repository), within(control, 0.6, 0.9));
    await step(services, origin, 'push', pushTask(services, repository), within(control, 0.9, 1));
    const target = { name: sample.name, channel: sample.channel, number: sample.number };
    await promoteVersion(services, repository, target, origin);
    await assignToEveryone(services, policySigner, origin);
    await rm(ownCache(services.config.stateDir), { recursive: true, force: true });
    control.log('the sample is ready');
    return { image: sample.name, version: sample.number, workspace: sample.name };
  };
}
