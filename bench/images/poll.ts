// Asks a channel now and then and does nothing else:  node bench/images/poll.ts PUBLISHED URL SECONDS EVERY
// Prints the CPU seconds that this took after the first poll.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkChannel } from '@atelier/adapters/trim-client';
import { pinRoot } from '@atelier/trim';

const [published, url, seconds, every] = process.argv.slice(2) as [string, string, string, string];
let trust = pinRoot(readFileSync(join(published, 'repository/root.json'), 'utf8'));
const poll = async () => {
  ({ trust } = await checkChannel({ repository: { baseUrls: [url] }, trust, image: 'bench', channel: 'stable' }));
};
await poll();
const before = process.cpuUsage();
const end = performance.now() + Number(seconds) * 1000;
let polls = 0;
while (performance.now() + Number(every) * 1000 <= end) {
  await sleep(Number(every) * 1000);
  await poll();
  polls++;
}
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpu: (user + system) / 1e6, polls }));
