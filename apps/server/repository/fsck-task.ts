import { type Finding, fsck } from '@atelier/adapters/repository';
import { digestHex, limits, manifestPath, parseRepositoryPath } from '@atelier/trim';
import { contentKeys } from '../images/content-keys.ts';
import type { Services, TaskControl } from '../services.ts';
import type { Repository } from './repository.ts';

/** What a check found, as the task keeps it. */
export interface FsckResult {
  readonly findings: readonly { readonly code: string; readonly file: string; readonly detail: string }[];
}

/** More findings than this are counted, not listed: each of them would be an event. */
const mostFindings = 500;

const versionsIn = (db: Services['db']) =>
  db
    .selectFrom('image_version')
    .innerJoin('image', 'image.id', 'image_version.image_id')
    .select(['image.name', 'image_version.number', 'image_version.state', 'image_version.manifest_digest'])
    .where('image_version.state', 'in', ['uploading', 'available', 'retired'])
    .execute();

/** Versions that the database has and the repository has not, or not as they were published. */
async function compareWithDatabase(services: Services, repository: Repository): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const version of await versionsIn(services.db)) {
    if (version.state === 'uploading') continue;
    const path = manifestPath(version.name, version.number);
    const file = await repository.store.read(path, limits.manifestFile).catch(() => undefined);
    if (file && digestHex(file) === version.manifest_digest) continue;
    const message = file
      ? 'the manifest is not the one that was published'
      : `version ${version.number} of ${version.name} is ${version.state}, and its manifest is not there`;
    findings.push({ code: 'fsck.manifest', path, message, severity: 'error' });
  }
  return findings;
}

/** Findings that only show what people did meanwhile: versions that were deleted, or that are being pushed. */
async function stillTrue(services: Services, findings: readonly Finding[]): Promise<Finding[]> {
  const versions = await versionsIn(services.db);
  const known = new Set(versions.map((version) => `${version.name}/${version.number}`));
  const pushing = versions.some((version) => version.state === 'uploading');
  return findings.filter((finding) => {
    if (finding.code === 'fsck.orphan') return !pushing;
    const place = parseRepositoryPath(finding.path);
    return (place?.kind !== 'manifest' && place?.kind !== 'index') || known.has(`${place.image}/${place.version}`);
  });
}

/** The task `repository.fsck`: re-verifies everything, also against the database; each damage becomes an event. */
export function fsckTask(services: Services, repository: Repository) {
  return async (_input: unknown, control: TaskControl): Promise<FsckResult> =>
    await repository.steady(control.signal, async () => {
      control.log('checking every manifest, index and pack');
      const found = await fsck({
        store: repository.store,
        keys: contentKeys(services),
        signal: control.signal,
        workers: 2,
        onProgress: ({ bytesDone, bytesTotal }) =>
          control.progress(bytesTotal === 0 ? null : bytesDone / bytesTotal, 'verifying packs'),
      });
      const missing = await compareWithDatabase(services, repository);
      const fresh = missing.filter((one) => !found.some((other) => other.path === one.path));
      const all = [...(await stillTrue(services, found)), ...fresh];
      const findings = all.slice(0, mostFindings);
      for (const finding of findings) {
        control.log(`${finding.severity}: ${finding.path}: ${finding.message}`);
        if (finding.severity !== 'error') continue;
        services.events.emit('server.repository-finding', {
          detail: `${finding.path}: ${finding.message}`,
          correlationId: control.correlationId,
          data: { code: finding.code, file: finding.path },
        });
      }
      control.log(all.length === 0 ? 'nothing is wrong' : `${all.length} findings`);
      return { findings: findings.map((one) => ({ code: one.code, file: one.path, detail: one.message })) };
    });
}
