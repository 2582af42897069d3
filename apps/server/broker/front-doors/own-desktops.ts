import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import { sql } from 'kysely';
import type { Services } from '../../services.ts';
import { notFound } from '../not-found.ts';

/** A published program, as those who open it see it. */
export interface PublishedProgram {
  readonly collectionId: string;
  readonly alias: string;
  readonly title: string;
  readonly updatedAt: Date;
}

/** What one person may use; every front door asks here. */
export interface OwnDesktops {
  readonly directory: SessionDirectory;
  collectionsOf(userId: string): Promise<readonly Collection[]>;
  /** By id or name. @throws AtelierError `broker.not-found`, also when it is there for others: that is nobody's business */
  ownCollection(userId: string, idOrName: string): Promise<Collection>;
  /** By alias. @throws AtelierError `broker.not-found` */
  program(collection: Collection, alias: string): Promise<PublishedProgram>;
  /** By title, 500 at most. */
  programsOf(collections: readonly Collection[]): Promise<readonly PublishedProgram[]>;
}

export function ownDesktops({ db, database, people }: Services): OwnDesktops {
  const directory = openSessionDirectory(database);
  const collectionsOf = async (userId: string) => directory.collectionsFor(userId, await people.groupIdsOf(userId));
  const programs = () =>
    db
      .selectFrom('broker_application')
      .select(['collection_id as collectionId', 'alias', 'title', 'updated_at as updatedAt']);
  return {
    directory,
    collectionsOf,
    async ownCollection(userId, idOrName) {
      const found = (await collectionsOf(userId)).find(
        ({ id, name }) => id === idOrName || name.toLowerCase() === idOrName.toLowerCase(),
      );
      if (!found) throw notFound('desktop of yours', idOrName);
      return found;
    },
    async program(collection, alias) {
      const found = await programs()
        .where('collection_id', '=', collection.id)
        .where(sql<string>`lower(alias)`, '=', alias.toLowerCase())
        .executeTakeFirst();
      if (!found) throw notFound('published program', alias);
      return found;
    },
    programsOf: (collections) =>
      collections.length === 0
        ? Promise.resolve([])
        : programs()
            .where(
              'collection_id',
              'in',
              collections.map(({ id }) => id),
            )
            .orderBy('title')
            .limit(500)
            .execute(),
  };
}
