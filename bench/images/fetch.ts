// Fetches a version as a whole program:
//   node bench/images/fetch.ts PUBLISHED URL VERSION TARGET [--previous DISK INDEX] [--host FOLDER INDEX]
// PUBLISHED is publish.ts's folder: the root that a client would have pinned at enrolment is read from there.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { pinRoot } from '@atelier/trim';

const [published, url, version, target, ...rest] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  ...string[],
];
const after = (flag: string) =>
  (rest.includes(flag) ? rest.slice(rest.indexOf(flag) + 1, rest.indexOf(flag) + 3) : []) as [string?, string?];
const [diskPath, indexPath] = after('--previous');
const [hostFolder, hostIndex] = after('--host');
const partialDir = `${target}.partial`;
mkdirSync(partialDir, { recursive: true });
const result = await fetchVersion({
  repository: { baseUrls: [url] },
  trust: pinRoot(readFileSync(join(published, 'repository/root.json'), 'utf8')),
  image: 'bench',
  want: { version: Number(version) },
  target,
  sources: {
    previous: diskPath && indexPath ? [{ diskPath, indexPath }] : [],
    partialDir,
    ...(hostFolder ? { hostFolders: [hostFolder], hostIndex } : {}),
  },
});
console.log(JSON.stringify({ wireBytes: result.wireBytes, requests: result.requests, bySource: result.bySource }));
