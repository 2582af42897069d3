import {
  hostAddressSchema,
  hostNameSchema,
  hostSignInSchema,
  hostStateSchema,
  hostTrustSchema,
} from '@atelier/domain/hosts';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { bytes, id, page, pageQuery, rev, time } from './shapes.ts';

const text = z.string().nullable();
const number = z.number().nullable();
export const hostFacts = z.object({
  osCaption: text,
  osVersion: text,
  computerName: text,
  manufacturer: text,
  model: text,
  processors: number,
  memoryBytes: number,
  freeMemoryBytes: number,
  loadPercent: number,
  startedAt: text,
  disks: z.array(z.object({ name: z.string(), size: bytes, free: bytes })),
  stoppedServices: z.array(z.string()),
  hardwareFaults: z.array(z.string()),
});

const labels = z.array(z.string().min(1).max(60)).max(50);

export const host = z.object({
  id,
  name: z.string(),
  address: z.string(),
  state: hostStateSchema,
  stateDetail: z.string(),
  labels,
  /** Without a password. */
  signIn: hostSignInSchema,
  trust: hostTrustSchema,
  product: z.string(),
  health: z.object({
    level: z.enum(['ok', 'warning', 'critical', 'unknown']),
    findings: z.array(z.object({ level: z.enum(['warning', 'critical']), text: z.string() })),
  }),
  facts: hostFacts.nullable(),
  collectEvents: z.boolean(),
  /** Who brings the events: a server that pulls, or the host itself; `silent`: it did, and missed its heartbeats. */
  events: z.object({ flow: z.enum(['off', 'waiting', 'server', 'host', 'silent']), heardAt: time.nullable() }),
  enrolled: z.boolean(),
  contactedAt: time.nullable(),
  reachedAt: time.nullable(),
  createdAt: time,
  rev,
});
export type HostView = z.infer<typeof host>;

/** A value of a property as JSON: 64-bit integers and dates are text, references are their WMI path. */
const value = z.unknown();

/** Instances of a class, as the host gives them now. */
export const hostInstances = z.object({
  className: z.string(),
  items: z.array(z.record(z.string(), value)),
  /** There were more than the limit. */
  more: z.boolean(),
});
export type HostInstances = z.infer<typeof hostInstances>;

const className = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'the name of a class');
const namespace = z
  .string()
  .regex(/^[A-Za-z0-9_]+(\/[A-Za-z0-9_]+)*$/, 'a namespace like root/cimv2')
  .max(200);

const byId = z.object({ id });
const change = z.object({
  name: hostNameSchema.optional(),
  address: hostAddressSchema.optional(),
  labels: labels.optional(),
  signIn: hostSignInSchema.optional(),
  trust: hostTrustSchema.optional(),
  collectEvents: z.boolean().optional(),
});

export const hostEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/hosts',
    summary: 'machines that are managed by WS-Management',
    access: 'host:read',
    query: pageQuery.extend({
      search: z.string().max(100).optional(),
      label: z.string().max(60).optional(),
      state: hostStateSchema.optional(),
    }),
    response: page(host),
  },
  get: { method: 'GET', path: '/hosts/:id', summary: 'a host', access: 'host:read', params: byId, response: host },
  add: {
    method: 'POST',
    path: '/hosts',
    summary: 'registers a host that listens already, Windows or Linux; it is contacted at once',
    access: 'host:write',
    body: z.object({
      name: hostNameSchema,
      address: hostAddressSchema,
      labels: labels.default([]),
      signIn: hostSignInSchema,
      trust: hostTrustSchema.default({ kind: 'system' }),
      collectEvents: z.boolean().default(true),
    }),
    response: host,
    status: 201,
  },
  change: {
    method: 'PATCH',
    path: '/hosts/:id',
    summary: 'changes how a host is called, reached or signed in to',
    access: 'host:write',
    params: byId,
    body: change,
    response: host,
  },
  remove: { method: 'DELETE', path: '/hosts/:id', summary: 'forgets a host', access: 'host:write', params: byId },
  invite: {
    method: 'POST',
    path: '/hosts/invitations',
    summary: 'a short-lived token, and the command that registers a Linux host with it',
    access: 'host:write',
    body: z.object({
      expiresInMinutes: z.number().int().min(1).max(10_080).default(60),
      uses: z.number().int().min(1).max(1000).default(1),
      labels: labels.default([]),
    }),
    response: z.object({ token: z.string(), expiresAt: time, command: z.string() }),
    status: 201,
  },
  enroll: {
    method: 'POST',
    path: '/hosts/enroll',
    summary: 'what the agent of a new host calls with its token: it gets a certificate to listen with',
    access: 'public',
    body: z.object({
      token: z.string().min(1).max(300),
      name: hostNameSchema,
      /** As the server shall reach it; the address that the request comes from when it is left out. */
      address: hostAddressSchema.optional(),
      /** PKCS#10, PEM; its names are checked against `name` and `address`. */
      csr: z.string().max(10_000),
    }),
    response: z.object({
      hostId: id,
      certificate: z.string(),
      ca: z.string(),
      /** Subject of the certificate that the server signs in with: the agent maps it to its administrator. */
      managerSubject: z.string(),
    }),
  },
  renew: {
    method: 'POST',
    path: '/hosts/renew',
    summary: 'what the agent of a host calls before its certificate runs out: a new one for the same key',
    access: 'public',
    body: z.object({
      hostId: id,
      /** The certificate that the host has now, PEM. */
      certificate: z.string().max(10_000),
      /** PKCS#10, PEM, by the key of that certificate: that it can sign is the proof. */
      csr: z.string().max(10_000),
    }),
    response: z.object({ certificate: z.string() }),
  },
  certificate: {
    method: 'POST',
    path: '/hosts/:id/certificate',
    summary: 'a certificate for a host that brings its events by itself and has none of ours yet, such as Windows',
    access: 'host:write',
    params: byId,
    body: z.object({
      /** PKCS#10, PEM: ECDSA P-256 or P-384, or Ed25519. Only the key is taken from it. */
      csr: z.string().max(10_000),
    }),
    response: z.object({ certificate: z.string(), ca: z.string() }),
  },
  eventForwarding: {
    method: 'GET',
    path: '/hosts/event-forwarding',
    summary: 'what a host is told so that it brings its events by itself',
    access: 'host:read',
    response: z.object({
      /** `Server=…,Refresh=…,IssuerCA=…`, for Windows’ policy and for the agent. */
      subscriptionManager: z.string(),
      /** The authority of this server, PEM. */
      ca: z.string(),
    }),
  },
  refresh: {
    method: 'POST',
    path: '/hosts/:id/refresh',
    summary: 'contacts the host now',
    access: 'host:read',
    params: byId,
    response: host,
  },
  instances: {
    method: 'GET',
    path: '/hosts/:id/instances',
    summary: 'instances of a class, or of a WQL query, as the host gives them now',
    access: 'host:read',
    params: byId,
    query: z.object({
      namespace: namespace.default('root/cimv2'),
      className: className.optional(),
      wql: z.string().max(4000).optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    }),
    response: hostInstances,
  },
  invoke: {
    method: 'POST',
    path: '/hosts/:id/invoke',
    summary: 'calls a method of an instance or of a class, e.g. StopService',
    access: 'host:command',
    params: byId,
    body: z.object({
      namespace: namespace.default('root/cimv2'),
      className,
      selectors: z.record(z.string().max(100), z.string().max(1000)).default({}),
      method: className,
      input: z.record(z.string().max(100), value).default({}),
    }),
    response: z.object({ output: z.record(z.string(), value) }),
  },
  run: {
    method: 'POST',
    path: '/hosts/:id/run',
    summary: 'runs a command; answers lines of JSON: {"stream","data"} with base64, at last {"exitCode"}',
    access: 'host:command',
    params: byId,
    body: z.object({
      command: z.string().min(1).max(8000),
      arguments: z.array(z.string().max(8000)).max(200).default([]),
      /** Base64. */
      stdin: z.string().max(1_400_000).optional(),
      timeoutSeconds: z.number().int().min(1).max(86_400).default(600),
    }),
    stream: 'out',
  },
  shell: {
    method: 'GET',
    path: '/hosts/:id/shell',
    summary:
      'a shell with a terminal, as a WebSocket: binary frames are what is typed and shown; text frames are {"resize":{"columns","rows"}} and, back, {"exit":code} or {"error":text}',
    access: 'host:command',
    params: byId,
    query: z.object({
      columns: z.coerce.number().int().min(20).max(500).default(80),
      rows: z.coerce.number().int().min(5).max(300).default(24),
    }),
    stream: 'socket',
  },
});
