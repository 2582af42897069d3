import { collectionKindSchema, sessionStateSchema } from '@atelier/domain/broker';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, time } from './shapes.ts';

/** A collection that the signed-in person may use. */
export const myDesktop = z.object({
  collectionId: id,
  name: z.string(),
  description: z.string(),
  kind: collectionKindSchema,
  /** The session that they have there now. */
  session: z
    .object({
      id,
      state: sessionStateSchema,
      target: z.string(),
      createdAt: time,
      disconnectedAt: time.nullable(),
    })
    .nullable(),
  /** Published programs, by themselves. */
  applications: z.array(z.object({ alias: z.string(), title: z.string(), icon: z.string().nullable() })),
  /** Whether somebody could be connected now: it has targets that take one more, now or after a start. */
  available: z.boolean(),
  /** Whether its targets ask for a password of their own whoever comes by a ticket: they take what people typed at the broker, who typed none. */
  asksPassword: z.boolean(),
  /** Address of the `.rdp` file on this server. */
  rdpFile: z.string(),
});
export type MyDesktop = z.infer<typeof myDesktop>;

/** What `prepare` says, each as one text message of JSON. */
export const prepareMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), text: z.string() }),
  z.object({
    kind: z.literal('ready'),
    /** What the browser shows at `screen` as its authorisation. */
    token: z.string(),
    target: z.string(),
    /** To sign in to the target with; null: the person types them. */
    credentials: z.object({ user: z.string(), password: z.string() }).nullable(),
  }),
  z.object({ kind: z.literal('failed'), code: z.string(), text: z.string() }),
]);
export type PrepareMessage = z.infer<typeof prepareMessage>;

const byCollection = z.object({ collection: z.string().min(1).max(128) });

export const myDesktopEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/my/desktops',
    summary: 'desktops that the signed-in person may use, and their sessions there',
    access: 'my:use',
    response: z.object({
      /** What an RDP client dials; empty while no broker is set up. */
      address: z.string(),
      items: z.array(myDesktop),
    }),
  },
  ticket: {
    method: 'POST',
    path: '/my/desktops/:collection/ticket',
    summary: 'a password for one sign-in at the broker, within a minute',
    access: 'my:use',
    status: 201,
    params: byCollection,
    response: z.object({
      address: z.string(),
      user: z.string(),
      ticket: z.string(),
      expiresAt: time,
      /** What the client carries as `loadbalanceinfo`. */
      loadBalanceInfo: z.string(),
      /** Whether the desktop asks for a password of its own after that. */
      asksPassword: z.boolean(),
    }),
  },
  prepare: {
    method: 'GET',
    path: '/my/desktops/:collection/prepare',
    summary:
      'finds a desktop for the browser and has it started; tells how far that is, by text messages over WebSocket',
    access: 'my:use',
    params: byCollection,
    query: z.object({
      width: z.coerce.number().int().min(200).max(8192).default(1280),
      height: z.coerce.number().int().min(200).max(8192).default(800),
    }),
    stream: 'socket',
  },
  screen: {
    method: 'GET',
    path: '/my/desktops/:collection/screen',
    summary: 'the desktop’s screen: RDCleanPath, then RDP, over WebSocket',
    access: 'my:use',
    params: byCollection,
    /** Windows' id of the person's keyboard layout, which the client of the browser cannot say itself; 0: not known. */
    query: z.object({ keyboard: z.coerce.number().int().min(0).max(0xffff_ffff).default(0) }),
    stream: 'socket',
  },
  rdpFile: {
    method: 'GET',
    path: '/my/desktops/:collection/file.rdp',
    summary: 'an .rdp file for the desktop, or for one of its published programs; it holds no password',
    access: 'my:use',
    params: byCollection,
    query: z.object({ application: z.string().max(64).optional() }),
    stream: 'out',
  },
});
