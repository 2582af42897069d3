import { readFileSync } from 'node:fs';
import { type Client, createClient } from '@atelier/api';
import { CliFailure, exitCodes } from '../failure/cli-failure.ts';
import { type ContextStore, openContextStore } from './context-store.ts';
import { dryTransport } from './dry-run.ts';
import { jsonTransport, type OpenAnswer, openHttp } from './https-transport.ts';
import { readServerNote, stateFolder } from './state-folder.ts';

/** A server, the authority to trust for it, and the secret to show it. */
export interface ServerChoice {
  readonly server: string;
  readonly ca: string | null;
  readonly secret: string | undefined;
  /** Where the choice comes from, for messages. */
  readonly from: string;
}

/** An open connection to a server's API. */
export interface Connection {
  readonly api: Client;
  readonly open: OpenAnswer;
  readonly server: string;
  /** The authority that is trusted for it (PEM); null: those of the system. */
  readonly authority: string | null;
  close(): void;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The server of this very machine, if one has run here. */
export function ownServer(env: Env = process.env): { readonly url: string; readonly ca: string } | undefined {
  return readServerNote(stateFolder(env));
}

/**
 * Which server a command speaks to: ATELIER_SERVER with ATELIER_TOKEN (and ATELIER_CA, a PEM file), else the context that is named (or current), else the server
 * of this machine without a secret.
 */
export function chooseServer(options: { context?: string }, store: ContextStore, env: Env = process.env): ServerChoice {
  const own = ownServer(env);
  if (env.ATELIER_SERVER && !options.context)
    return {
      server: env.ATELIER_SERVER,
      ca: env.ATELIER_CA
        ? readFileSync(env.ATELIER_CA, 'utf8')
        : own && new URL(own.url).origin === new URL(env.ATELIER_SERVER).origin
          ? own.ca
          : null,
      secret: env.ATELIER_TOKEN,
      from: 'ATELIER_SERVER',
    };
  const name = options.context ?? env.ATELIER_CONTEXT ?? store.current;
  const context = name ? store.all[name] : undefined;
  if (name && !context)
    throw new CliFailure(
      {
        title: 'no such context',
        detail: `there is no context "${name}"`,
        fix: 'list them with "atelier context ls", make one with "atelier login"',
      },
      exitCodes.notFound,
    );
  if (name && context) return { ...context, secret: env.ATELIER_TOKEN ?? store.secret(name), from: `context ${name}` };
  if (own) return { server: own.url, ca: own.ca, secret: env.ATELIER_TOKEN, from: 'the server of this machine' };
  throw new CliFailure(
    {
      title: 'no server is known',
      detail: 'nobody has signed in from here, and no server runs on this machine',
      fix: 'sign in: atelier login https://SERVER:8443',
    },
    exitCodes.notAllowed,
  );
}

/** Opens a connection to a chosen server. Nothing is sent yet. */
export function connect(choice: ServerChoice, options: { readonly dryRun?: boolean } = {}): Connection {
  const http = openHttp({
    address: { url: new URL(choice.server) },
    ca: choice.ca ?? undefined,
    secret: choice.secret,
  });
  const transport = jsonTransport(http.open);
  return {
    api: createClient(options.dryRun ? dryTransport(transport) : transport),
    open: async (call) => http.open(call),
    server: choice.server,
    authority: choice.ca,
    close: http.close,
  };
}

/** The connection that a command gets unless it chooses another. */
export const connectAsChosen = (options: { context?: string; dryRun?: boolean }, env: Env = process.env): Connection =>
  connect(chooseServer(options, openContextStore(env), env), options);
