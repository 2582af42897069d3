import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { insertEvents } from '../insert-events.ts';
import { openDatabase } from '../open-database.ts';

/**
 * A server reduced to what a test of crashes needs: opens the private database of the folder in its first argument, says
 * `pid N` each time PostgreSQL has a new process, and writes events without end; the number of each is said once it is
 * committed (`ack N`). The test kills it.
 */
const [stateDir, firstNumber] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

let number = Number(firstNumber);
const database = await openDatabase({ private: stateDir! });
let said: number | undefined;

async function writeOn(): Promise<never> {
  for (;;) {
    const mine = number++;
    try {
      await insertEvents(database.db, [
        {
          source: { kind: 'server', id: 'writer', seq: mine },
          code: 1,
          name: 'test.written',
          severity: 'info',
          category: 'test',
          description: 'x'.repeat(mine % 3000),
          clientTime: new Date(),
          hostName: 'host',
        },
      ]);
      say(`ack ${mine}`);
    } catch {
      // PostgreSQL is away: this number may be stored or not, and is not acknowledged.
      await delay(20);
    }
    const pid = database.pid();
    if (pid !== said && pid !== undefined) {
      said = pid;
      say(`pid ${pid}`);
    }
  }
}

await Promise.all([writeOn(), writeOn(), writeOn(), writeOn()]);
