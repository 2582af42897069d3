import {
  capabilitySchema,
  channelNameSchema,
  imageNameSchema,
  versionNumberSchema,
  versionStateSchema,
} from '@atelier/domain/images';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { bytes, id, page, pageQuery, rev, taskRef, time } from './shapes.ts';
import { transferPlan, versionForecast } from './transfer-plan.ts';

export const diskFormat = z.enum(['raw', 'qcow2', 'vmdk', 'vhdx', 'vpc']);
export const channel = z.object({
  name: channelNameSchema,
  version: versionNumberSchema,
  movedAt: time,
  movedBy: z.string(),
});
export const image = z.object({
  id,
  name: imageNameSchema,
  description: z.string(),
  os: z.string(),
  capabilities: z.array(capabilitySchema),
  channels: z.array(channel),
  latestVersion: versionNumberSchema.nullable(),
  versionCount: z.number().int(),
  /** The content key that new versions are packed with; null when the image is not encrypted. */
  encryption: z.object({ keyId: z.string(), since: time, keys: z.number().int() }).nullable(),
  createdAt: time,
  rev,
});
export type Image = z.infer<typeof image>;
export const imageVersion = z.object({
  id,
  image: imageNameSchema,
  number: versionNumberSchema,
  state: versionStateSchema,
  notes: z.string(),
  capabilities: z.array(capabilitySchema),
  sourceFormat: diskFormat,
  diskBytes: bytes.nullable(),
  /** Size of the disk as announced; the upload is whole when `receivedBytes` has reached it. */
  uploadBytes: bytes,
  receivedBytes: bytes,
  packedBytes: bytes.nullable(),
  manifestDigest: z.string().nullable(),
  /** Bytes on the wire from each earlier version for which a delta was made. */
  deltaBytes: z.record(z.string(), bytes),
  error: z.string().nullable(),
  createdBy: z.string(),
  createdAt: time,
  availableAt: time.nullable(),
  channels: z.array(z.string()),
  rev,
});
export type ImageVersion = z.infer<typeof imageVersion>;
export const testRun = z.object({
  id,
  image: imageNameSchema,
  version: versionNumberSchema,
  state: z.enum(['starting', 'running', 'ended']),
  guestAgent: z.boolean(),
  error: z.string().nullable(),
  startedAt: time,
});
export type TestRun = z.infer<typeof testRun>;

const byName = z.object({ name: imageNameSchema });
const byVersion = z.object({ name: imageNameSchema, number: versionNumberSchema });
const scope = { kind: 'image', param: 'name' } as const;
const finding = z.object({ code: z.string(), file: z.string(), detail: z.string() });

export const imageEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/images',
    summary: 'images',
    access: 'image:read',
    query: pageQuery.extend({ search: z.string().max(100).optional() }),
    response: page(image),
  },
  create: {
    method: 'POST',
    path: '/images',
    summary: 'makes an image (a name for versions)',
    access: 'image:write',
    status: 201,
    body: z.object({
      name: imageNameSchema,
      description: z.string().max(1000).default(''),
      os: z.string().max(100).default(''),
      capabilities: z.array(capabilitySchema).default([]),
      /** Whether versions are encrypted in the repository, with a key that only entitled endpoints are given. */
      encrypted: z.boolean().default(false),
    }),
    response: image,
  },
  matrix: {
    method: 'GET',
    path: '/image-capabilities',
    summary: 'the table image × capability, with the images to take for the wanted capabilities',
    access: 'image:read',
    query: z.object({ want: z.string().max(500).optional() }),
    response: z.object({
      capabilities: z.array(z.object({ id: capabilitySchema, title: z.string(), description: z.string() })),
      images: z.array(
        z.object({ image: z.string(), capabilities: z.array(capabilitySchema), missing: z.array(capabilitySchema) }),
      ),
    }),
  },
  get: {
    method: 'GET',
    path: '/images/:name',
    summary: 'an image',
    access: 'image:read',
    params: byName,
    response: image,
    scope,
  },
  update: {
    method: 'PATCH',
    path: '/images/:name',
    summary: 'changes an image’s description and capabilities',
    access: 'image:write',
    params: byName,
    body: z
      .object({ description: z.string().max(1000), os: z.string().max(100), capabilities: z.array(capabilitySchema) })
      .partial(),
    response: image,
    scope,
  },
  rotateKey: {
    method: 'POST',
    path: '/images/:name/key',
    summary: 'gives an encrypted image a new content key for the versions to come; the ones there are stay readable',
    access: 'image:publish',
    params: byName,
    response: image,
    scope,
  },
  remove: {
    method: 'DELETE',
    path: '/images/:name',
    summary: 'deletes an image without versions in use',
    access: 'image:write',
    params: byName,
    scope,
  },
  listVersions: {
    method: 'GET',
    path: '/images/:name/versions',
    summary: 'versions, newest first',
    access: 'image:read',
    params: byName,
    query: pageQuery,
    response: page(imageVersion),
    scope,
  },
  createVersion: {
    method: 'POST',
    path: '/images/:name/versions',
    summary: 'makes a draft that awaits its disk',
    access: 'image:write',
    status: 201,
    params: byName,
    body: z.object({
      format: diskFormat,
      sizeBytes: bytes,
      notes: z.string().max(10_000).default(''),
      capabilities: z.array(capabilitySchema).nullable().default(null),
    }),
    response: imageVersion,
    scope,
  },
  getVersion: {
    method: 'GET',
    path: '/images/:name/versions/:number',
    summary: 'a version',
    access: 'image:read',
    params: byVersion,
    response: imageVersion,
    scope,
  },
  plan: {
    method: 'GET',
    path: '/images/:name/versions/:number/plan',
    summary: 'what a transfer to this version takes, from the versions that are at hand',
    access: 'image:read',
    params: byVersion,
    query: z.object({
      /** Numbers with commas between them; none: a new computer. */
      from: z
        .string()
        .max(100)
        .regex(/^(\d{1,9}(,\d{1,9}){0,7})?$/)
        .default(''),
    }),
    response: transferPlan,
    scope,
  },
  forecast: {
    method: 'GET',
    path: '/images/:name/versions/:number/forecast',
    summary: 'what this version costs from each earlier one, from nothing, and the fleet',
    access: 'image:read',
    params: byVersion,
    response: versionForecast,
    scope,
  },
  /** Continue an interrupted upload at `offset` = `receivedBytes` of the version. Large disks go in several requests or in one. */
  upload: {
    method: 'PUT',
    path: '/images/:name/versions/:number/content',
    summary: 'uploads the disk (or the rest of it) of a draft',
    access: 'image:write',
    params: byVersion,
    query: z.object({ offset: z.coerce.number().int().min(0).default(0) }),
    stream: 'in',
    response: imageVersion,
    scope,
  },
  pack: {
    method: 'POST',
    path: '/images/:name/versions/:number/pack',
    summary: 'checks, converts and packs a draft',
    access: 'image:write',
    status: 202,
    params: byVersion,
    response: taskRef,
    scope,
  },
  push: {
    method: 'POST',
    path: '/images/:name/versions/:number/push',
    summary: 'puts a packed version into the repository',
    access: 'image:publish',
    status: 202,
    params: byVersion,
    response: taskRef,
    scope,
  },
  retire: {
    method: 'POST',
    path: '/images/:name/versions/:number/retire',
    summary: 'takes a version out of use',
    access: 'image:publish',
    params: byVersion,
    response: imageVersion,
    scope,
  },
  restore: {
    method: 'POST',
    path: '/images/:name/versions/:number/restore',
    summary: 'brings a retired version back',
    access: 'image:publish',
    params: byVersion,
    response: imageVersion,
    scope,
  },
  removeVersion: {
    method: 'DELETE',
    path: '/images/:name/versions/:number',
    summary: 'deletes a draft, failed, packed or retired version',
    access: 'image:write',
    params: byVersion,
    scope,
  },
  promote: {
    method: 'PUT',
    path: '/images/:name/channels/:channel',
    summary: 'points a channel at an available version',
    access: 'image:publish',
    params: z.object({ name: imageNameSchema, channel: channelNameSchema }),
    body: z.object({ version: versionNumberSchema }),
    response: image,
    scope,
  },
  removeChannel: {
    method: 'DELETE',
    path: '/images/:name/channels/:channel',
    summary: 'removes a channel that no workspace uses',
    access: 'image:publish',
    params: z.object({ name: imageNameSchema, channel: channelNameSchema }),
    scope,
  },
  startTest: {
    method: 'POST',
    path: '/images/:name/versions/:number/test',
    summary: 'boots the version on the server; changes go to a temporary file, never to the image',
    access: 'image:write',
    status: 201,
    params: byVersion,
    response: testRun,
    scope,
  },
  getTest: {
    method: 'GET',
    path: '/image-tests/:id',
    summary: 'a test run',
    access: 'image:write',
    params: z.object({ id }),
    response: testRun,
  },
  stopTest: {
    method: 'DELETE',
    path: '/image-tests/:id',
    summary: 'ends a test run',
    access: 'image:write',
    params: z.object({ id }),
  },
  testScreen: {
    method: 'GET',
    path: '/image-tests/:id/screen',
    summary: 'the test run’s screen (VNC over WebSocket)',
    access: 'image:write',
    params: z.object({ id }),
    stream: 'socket',
  },
  fsck: {
    method: 'POST',
    path: '/repository/fsck',
    summary: 're-verifies everything in the repository',
    access: 'image:publish',
    status: 202,
    response: taskRef,
  },
  gc: {
    method: 'POST',
    path: '/repository/gc',
    summary: 'removes what no version needs',
    access: 'image:publish',
    status: 202,
    body: z.object({ dryRun: z.boolean().default(false) }),
    response: taskRef,
  },
  repack: {
    method: 'POST',
    path: '/repository/repack',
    summary: 'rewrites packs of which little is needed any more; their room is free a day later, with the next gc',
    access: 'image:publish',
    status: 202,
    body: z.object({
      dryRun: z.boolean().default(false),
      /** Packs of which a smaller part is needed are rewritten. */
      leastLive: z.number().min(0.01).max(0.95).default(0.5),
      /** MiB that are read or written by the second; 0 for as fast as it goes. */
      mibPerSecond: z.number().int().min(0).max(10_000).default(20),
    }),
    response: taskRef,
  },
  stats: {
    method: 'POST',
    path: '/repository/stats/:name',
    summary: 'reckons what each version of an image costs, to keep and to fetch, and how full its packs are',
    access: 'image:read',
    status: 202,
    params: byName,
    response: taskRef,
    scope,
  },
  repository: {
    method: 'GET',
    path: '/repository',
    summary: 'the repository: address, size, last check',
    access: 'image:read',
    response: z.object({
      url: z.string(),
      kind: z.string(),
      bytes,
      files: z.number().int(),
      lastFsck: z.object({ at: time, findings: z.array(finding) }).nullable(),
    }),
  },
});
