import type { Collection } from '@atelier/domain/broker';
import type { FeedResource, WorkspaceFeed } from '@atelier/tswp';
import type { PublishedProgram } from './own-desktops.ts';

/** Where the feed's files lie on this server. */
export const feedFiles = '/RDWeb/Pages/rdp/';

/** What a file of the feed belongs to: a collection, or a program on it. */
export interface FeedFile {
  readonly collectionId: string;
  readonly alias: string | null;
  readonly kind: 'rdp' | 'ico' | 'png';
}

const pathOf = ({ collectionId, alias, kind }: FeedFile): string =>
  `${feedFiles}${collectionId}${alias === null ? '' : `-${alias}`}.${kind}`;

/** Reads the last part of a file's path; null for anything else. */
export function readFeedFile(name: string): FeedFile | null {
  const match = /^([0-9A-Z]{26})(?:-([A-Za-z0-9][A-Za-z0-9_.-]{0,63}))?\.(rdp|ico|png)$/i.exec(name);
  if (!match) return null;
  const kind = match[3]!.toLowerCase() as FeedFile['kind'];
  return { collectionId: match[1]!.toUpperCase(), alias: match[2] ?? null, kind };
}

/** The feed of one person: each collection as a desktop, and each of its programs. Addresses are relative to the server. */
export function workspaceFeed(given: {
  readonly id: string;
  /** What clients dial. */
  readonly address: string;
  readonly collections: readonly (Pick<Collection, 'id' | 'name'> & { readonly updatedAt: Date })[];
  readonly programs: readonly PublishedProgram[];
}): WorkspaceFeed {
  const resource = (
    collectionId: string,
    alias: string | null,
    shown: Pick<FeedResource, 'alias' | 'title' | 'kind' | 'updatedAt'>,
  ): FeedResource => ({
    id: alias === null ? collectionId : `${collectionId}-${alias}`,
    ...shown,
    rdpFileUrl: pathOf({ collectionId, alias, kind: 'rdp' }),
    icons: {
      ico: pathOf({ collectionId, alias, kind: 'ico' }),
      png32: pathOf({ collectionId, alias, kind: 'png' }),
    },
  });
  const resources = given.collections.flatMap(({ id, name, updatedAt }) => [
    resource(id, null, { alias: name, title: name, kind: 'Desktop', updatedAt }),
    ...given.programs
      .filter(({ collectionId }) => collectionId === id)
      .map(({ alias, title, updatedAt: at }) =>
        resource(id, alias, { alias, title, kind: 'RemoteApp', updatedAt: at }),
      ),
  ]);
  const latest = Math.max(0, ...resources.map(({ updatedAt }) => updatedAt.getTime()));
  return { name: 'Atelier', id: given.id, updatedAt: new Date(latest), terminalServer: given.address, resources };
}
