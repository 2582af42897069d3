import { writeSync } from 'node:fs';
import { openDatabase } from '@atelier/adapters/postgres';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import { requestOf } from './sample-directory.ts';

/** A broker reduced to what a test of crashes needs: claims for one user after the other without end, until it is killed. */
const { url, collection, users } = JSON.parse(process.argv[2]!) as {
  url: string;
  collection: Collection;
  users: readonly string[];
};
const database = await openDatabase({ url }, { migrate: false });
const directory = openSessionDirectory(database);
let next = 0;

async function claimOn(): Promise<void> {
  while (next < users.length) {
    const user = users[next++]!;
    await directory.claimLeastLoaded(requestOf(user, collection), collection);
    writeSync(1, '.');
  }
}

await Promise.all([claimOn(), claimOn(), claimOn(), claimOn()]);
