import { queuedEventSchema } from '@atelier/domain/events';
import { imageNameSchema } from '@atelier/domain/images';
import { transferPolicySchema } from '@atelier/domain/transfers';
import { signedDocumentSchema } from '@atelier/domain/workspaces';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { instanceReport } from './endpoints.ts';
import { id, time } from './shapes.ts';

const facts = z.object({
  name: z.string().min(1).max(200),
  os: z.string().max(200),
  ramMiB: z.number().int(),
  accelerator: z.enum(['kvm', 'tcg', 'none']),
  clientVersion: z.string().max(50),
});
export type EndpointFacts = z.infer<typeof facts>;
/** What an endpoint pins at enrolment. PEM texts; `policyKeys` and the repository's root verify every document and manifest from then on. */
export const enrolled = z.object({
  endpointId: id,
  certificate: z.string(),
  ca: z.string(),
  serverTime: time,
  policyKeys: z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
  /** The repository's signed root document, as `@atelier/trim` defines it (its exact JSON text). */
  repositoryRoot: z.string(),
});
export type Enrolled = z.infer<typeof enrolled>;

/** How to reach the repository now: short-lived credentials, never stored on the endpoint. */
export const repositoryAccess = z.object({
  baseUrls: z.array(z.url()),
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  useClientCertificate: z.boolean(),
  expiresAt: time,
});
export type RepositoryAccess = z.infer<typeof repositoryAccess>;

/** What an endpoint says of itself to be found by others: the networks it is in, and where it gives what it fetched. */
export const peerAnnouncement = z.object({
  networks: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(32),
  serving: z
    .object({
      urls: z
        .array(z.url({ protocol: /^https$/ }).max(300))
        .min(1)
        .max(8),
      siteCache: z.boolean(),
    })
    .nullable(),
});
/** How an endpoint fetches, and from whom besides the repository. */
export const transferOrders = z.object({
  policy: transferPolicySchema,
  /** Peers of the site, site caches first; the certificate of each must name its endpoint. */
  peers: z.array(z.object({ endpointId: z.string(), urls: z.array(z.url()) })).max(50),
  /** The server's word that this endpoint may read from peers, signed as grants are: a `peerPass`. */
  pass: signedDocumentSchema,
});
export type TransferOrders = z.infer<typeof transferOrders>;
/** The payload of a pass. */
export const peerPass = z.object({ kind: z.literal('atelier.peer-pass'), endpointId: z.string(), expiresAt: time });

/** Messages on the channel, server → endpoint. Each command is answered by `answer` with the same id. */
export const channelCommand = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('act'),
    id: z.string(),
    workspaceId: z.string(),
    userId: z.string(),
    action: z.string(),
    version: z.number().int().optional(),
    grant: signedDocumentSchema.optional(),
    correlationId: z.string(),
  }),
  z.object({
    kind: z.literal('open-screen'),
    id: z.string(),
    workspaceId: z.string(),
    userId: z.string(),
    screenId: z.string(),
  }),
  z.object({ kind: z.literal('refresh'), id: z.string() }),
  z.object({ kind: z.literal('revoked'), id: z.string() }),
]);
export type ChannelCommand = z.infer<typeof channelCommand>;
/** Messages on the channel, endpoint → server. `instances` is the whole list, sent at connect and at each change (at most twice a second). */
export const channelMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), facts, clientTime: time }),
  z.object({ kind: z.literal('instances'), instances: z.array(instanceReport).max(1000) }),
  z.object({
    kind: z.literal('answer'),
    id: z.string(),
    ok: z.boolean(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  }),
]);
export type ChannelMessage = z.infer<typeof channelMessage>;

/** The endpoint's own plane: outbound HTTPS only, authenticated by the certificate that enrolment gave. */
export const deviceEndpoints = endpoints({
  enroll: {
    method: 'POST',
    path: '/device/enroll',
    summary: 'enrols a computer by a one-time token',
    access: 'public',
    status: 201,
    body: z.object({ token: z.string().max(200), csr: z.string().max(10_000), facts }),
    response: enrolled,
  },
  renew: {
    method: 'POST',
    path: '/device/renew',
    summary: 'renews the endpoint’s certificate',
    access: 'device',
    body: z.object({ csr: z.string().max(10_000) }),
    response: enrolled,
  },
  signIn: {
    method: 'POST',
    path: '/device/sign-in',
    summary: 'checks a person’s password and gives their signed grant',
    access: 'device',
    body: z.object({ name: z.string().max(64), password: z.string().max(1024) }),
    response: z.object({ grant: signedDocumentSchema, serverTime: time }),
  },
  grant: {
    method: 'GET',
    path: '/device/grants/:userId',
    summary: 'the signed grant of a person who signed in on this endpoint before, or was sent by the console',
    access: 'device',
    params: z.object({ userId: id }),
    response: z.object({ grant: signedDocumentSchema, serverTime: time }),
  },
  events: {
    method: 'POST',
    path: '/device/events',
    summary: 'delivers a batch of events; each is stored exactly once',
    access: 'device',
    body: z.object({ events: z.array(queuedEventSchema).min(1).max(500) }),
    response: z.object({ upTo: z.number().int(), stored: z.number().int(), serverTime: time }),
  },
  repository: {
    method: 'GET',
    path: '/device/repository',
    summary: 'where the repository is, with short-lived credentials',
    access: 'device',
    response: repositoryAccess,
  },
  imageKey: {
    method: 'GET',
    path: '/device/image-keys/:image/:keyId',
    summary: 'the content key of an image that somebody on this endpoint may use',
    access: 'device',
    params: z.object({ image: imageNameSchema, keyId: z.string().max(64) }),
    response: z.object({ keyId: z.string(), key: z.base64() }),
  },
  transfers: {
    method: 'POST',
    path: '/device/transfers',
    summary: 'how this endpoint fetches, and who of its site gives to others; says in turn what it gives itself',
    access: 'device',
    body: peerAnnouncement,
    response: transferOrders,
  },
  channel: {
    method: 'GET',
    path: '/device/channel',
    summary: 'the standing connection: commands down, state up (JSON over WebSocket)',
    access: 'device',
    stream: 'socket',
  },
  screen: {
    method: 'GET',
    path: '/device/screens/:screenId',
    summary: 'the endpoint’s end of a screen (VNC bytes over WebSocket)',
    access: 'device',
    params: z.object({ screenId: z.string().max(64) }),
    stream: 'socket',
  },
});
