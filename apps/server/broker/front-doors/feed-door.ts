import type { IncomingMessage, ServerResponse } from 'node:http';
import { bindingsOf } from '@atelier/adapters/identity';
import { AtelierError } from '@atelier/domain/errors';
import { feedVersion, radcContentType, writeWorkspaceFeed } from '@atelier/tswp';
import { fastifyCookie } from '@fastify/cookie';
import type { Publisher } from '../../certificates/publisher.ts';
import { ownHostName } from '../../config.ts';
import { permits } from '../../http/access.ts';
import { peerAddress } from '../../http/request-context.ts';
import type { Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { brokerAddress } from '../settings-handlers.ts';
import { connectionFile } from './connection-file.ts';
import {
  claimedInFeedCookie,
  feedCookie,
  feedCookieSeconds,
  provesFeedCookie,
  writeFeedCookie,
} from './feed-cookie.ts';
import { feedSignIn } from './feed-sign-in.ts';
import { defaultIcon, icoOf } from './icon.ts';
import type { OwnDesktops } from './own-desktops.ts';
import { readFeedFile, workspaceFeed } from './workspace-feed.ts';

interface FeedUser {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
}

interface FeedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

const signInPath = '/RDWeb/FeedLogin/WebFeedLogin.aspx';
const notThere: FeedAnswer = { status: 404, body: 'there is no such file for you\n' };

/** Native clients of feeds know the sign-in by cookie; everything else gets a challenge at once. */
const knowsSignIn = ({ headers }: IncomingMessage): boolean =>
  /^TSWorkspace\//i.test(headers['user-agent'] ?? '') || (headers.accept ?? '').toLowerCase().includes(radcContentType);

/**
 * The workspace feed (MS-TSWP) at `/RDWeb/Feed/webfeed.aspx`, its sign-in, and the files that it names. What is listed is decided by the same
 * entitlements as at the broker's port.
 */
export async function feedDoor(
  routes: Routes,
  services: Services,
  desktops: OwnDesktops,
  publisher: () => Promise<Publisher>,
): Promise<void> {
  const { db, secrets, people, events, log } = services;
  const secret = await secrets.getOrCreate('feed/cookie', () => crypto.getRandomValues(new Uint8Array(32)));
  const signIn = await feedSignIn(services);

  const userById = async (id: string): Promise<FeedUser | null> => {
    const row = await db
      .selectFrom('people_user')
      .select(['id', 'name', 'password_hash'])
      .where('id', '=', id)
      .where('disabled', '=', false)
      .executeTakeFirst();
    if (!row) return null;
    const bindings = await bindingsOf(db, id, people.everyoneId);
    const authority = { bindings, limitedTo: null };
    const actor = { kind: 'user', id, name: row.name, by: 'session', credentialId: '', authority } as const;
    return permits(actor, 'my:use') ? { id, name: row.name, passwordHash: row.password_hash ?? '' } : null;
  };

  const byCookie = async (request: IncomingMessage): Promise<FeedUser | null> => {
    const value = fastifyCookie.parse(request.headers.cookie ?? '')[feedCookie];
    const claimed = value === undefined ? null : claimedInFeedCookie(value, Date.now());
    const user = claimed && (await userById(claimed.userId));
    return user && provesFeedCookie(secret, value!, user.passwordHash) ? user : null;
  };

  /** The person, or the answer that asks who it is. */
  const admitted = async (request: IncomingMessage, correlationId: string): Promise<FeedUser | FeedAnswer> => {
    const result = await signIn(request, correlationId);
    if (result.kind === 'challenge') {
      const wait = result.retryAfterSeconds;
      return {
        status: 401,
        headers: { 'www-authenticate': result.headers, ...(wait === undefined ? {} : { 'retry-after': `${wait}` }) },
        body: 'sign in with your name and password\n',
      };
    }
    const user = await userById(result.userId);
    if (!user) return notThere;
    const address = peerAddress(request);
    events.emit('broker.signed-in', {
      detail: `from ${address} at the workspace feed by ${result.by}`,
      userName: user.name,
      correlationId,
      data: { address, by: `feed, ${result.by}` },
    });
    return user;
  };

  const login = (user: FeedUser): FeedAnswer => {
    const value = writeFeedCookie(secret, user.id, user.passwordHash, Date.now());
    const cookie = fastifyCookie.serialize(feedCookie, value, {
      path: '/RDWeb',
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
      maxAge: feedCookieSeconds,
    });
    return {
      headers: { 'content-type': 'application/x-msts-webfeed-login; charset=utf-8', 'set-cookie': cookie },
      body: value,
    };
  };

  const feed = async (user: FeedUser, request: IncomingMessage, query: URLSearchParams): Promise<FeedAnswer> => {
    const address = await brokerAddress(db);
    if (address === '') return { status: 503, body: 'nobody said yet what clients shall dial\n' };
    const mine = await desktops.collectionsOf(user.id);
    const changed = await db
      .selectFrom('broker_collection')
      .select(['id', 'updated_at'])
      .where('id', 'in', mine.length > 0 ? mine.map(({ id }) => id) : [''])
      .execute();
    const updatedAt = new Map(changed.map(({ id, updated_at }) => [id, updated_at]));
    // The version may be asked for in the address too (MS-TSWP 2.2.5).
    const asked = query.get('radc_schema_version');
    const version = feedVersion(
      asked === null ? request.headers.accept : `${radcContentType};radc_schema_version=${asked}`,
    );
    const xml = writeWorkspaceFeed(
      workspaceFeed({
        id: ownHostName(),
        address,
        collections: mine.map(({ id, name }) => ({ id, name, updatedAt: updatedAt.get(id) ?? new Date(0) })),
        programs: await desktops.programsOf(mine),
      }),
      version,
    );
    const type = version === '1.1' ? 'text/xml' : radcContentType;
    return { headers: { 'content-type': `${type}; charset=utf-8` }, body: xml };
  };

  const file = async (user: FeedUser, name: string): Promise<FeedAnswer> => {
    const wanted = readFeedFile(name);
    if (!wanted) return notThere;
    const collection = await desktops.ownCollection(user.id, wanted.collectionId);
    const program = wanted.alias === null ? null : await desktops.program(collection, wanted.alias);
    if (wanted.kind === 'rdp') {
      const made = await connectionFile(await publisher(), {
        address: await brokerAddress(db),
        collection,
        program,
        userName: user.name,
        workspaceId: ownHostName(),
      });
      return { headers: { 'content-type': 'application/x-rdp' }, body: made.bytes };
    }
    const row =
      program &&
      (await db
        .selectFrom('broker_application')
        .select('icon')
        .where('collection_id', '=', collection.id)
        .where('alias', '=', program.alias)
        .executeTakeFirst());
    const png = row?.icon ?? defaultIcon();
    return wanted.kind === 'png'
      ? { headers: { 'content-type': 'image/png' }, body: png }
      : { headers: { 'content-type': 'image/x-icon' }, body: icoOf(png) };
  };

  const answer = async (
    path: string,
    query: URLSearchParams,
    request: IncomingMessage,
    correlationId: string,
  ): Promise<FeedAnswer> => {
    const lower = path.toLowerCase();
    const isLogin = lower === 'feedlogin/webfeedlogin.aspx' || lower === 'feed/webfeedlogin.aspx';
    const isFeed = lower === 'feed/webfeed.aspx';
    const isFile = lower.startsWith('pages/rdp/');
    if (!isLogin && !isFeed && !isFile) return notThere;
    if (isLogin) {
      const user = await admitted(request, correlationId);
      return 'id' in user ? login(user) : user;
    }
    const known = await byCookie(request);
    if (!known && request.headers.authorization === undefined && knowsSignIn(request)) {
      const back = encodeURIComponent(request.url ?? '/RDWeb/Feed/webfeed.aspx');
      return { status: 302, headers: { location: `${signInPath}?ReturnUrl=${back}` } };
    }
    const user = known ?? (await admitted(request, correlationId));
    if (!('id' in user)) return user;
    return isFeed ? await feed(user, request, query) : await file(user, path.slice('pages/rdp/'.length));
  };

  const send = (
    request: IncomingMessage,
    response: ServerResponse,
    { status = 200, headers = {}, body = '' }: FeedAnswer,
  ) => {
    const plain = status === 200 ? {} : { 'content-type': 'text/plain; charset=utf-8' };
    const length = String(Buffer.byteLength(body));
    const all = { 'cache-control': 'private, no-store', 'content-length': length, ...plain, ...headers };
    for (const [name, value] of Object.entries(all)) response.setHeader(name, value as string | string[]);
    response.writeHead(status);
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  for (const prefix of ['/RDWeb/', '/rdweb/'] as const)
    routes.files(prefix, async ({ path, query, request, response, correlationId }) => {
      try {
        send(request, response, await answer(path, query, request, correlationId));
      } catch (error) {
        const refused = error instanceof AtelierError;
        if (!refused) log.error({ err: error, correlationId, path }, 'the workspace feed failed');
        send(request, response, refused ? notThere : { status: 500, body: 'something unexpected happened\n' });
      }
    });
}
