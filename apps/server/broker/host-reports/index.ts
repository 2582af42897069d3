import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { passwordKeysIn, writePublicKey } from '@atelier/adapters/single-use-password';
import { AtelierError } from '@atelier/domain/errors';
import { sourceHost } from '../../hosts/collector/source-host.ts';
import type { BytesAnswer, Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { largestReport, readHostReport } from './host-report.ts';
import { noteWord } from './note-word.ts';
import { takeReport, targetsOfHost } from './take-report.ts';

/** Where agents bring what they see of desktop sessions. */
export const hostReportPath = '/agent/desktop-sessions';

/**
 * Takes what hosts tell of their desktop sessions. A host shows its certificate by this server's authority, speaks for the targets that are linked to it
 * and for no others, and says one thing after the other. It learns by the answer whose single-use passwords it may take.
 */
export function takeHostReports(routes: Routes, services: Services): void {
  const directory = openSessionDirectory(services.database);
  const speaking = new Set<string>();
  const take = async (hostId: string, body: Buffer): Promise<BytesAnswer> => {
    const report = readHostReport(body);
    const targets = await targetsOfHost(services, hostId);
    if (targets === null) throw new AtelierError('host.not-found', 'no host of this certificate is registered here');
    const [first, ...others] = targets;
    if (first !== undefined) await takeReport(services, directory, [first, ...others], report);
    await noteWord(services, hostId);
    const { publicKey } = await passwordKeysIn(services.secrets);
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ targets, publicKey: writePublicKey(publicKey), time: Date.now() }),
    };
  };
  routes.messages(
    hostReportPath,
    { largest: largestReport, challenge: 'Certificate', admits: (request) => sourceHost(request) !== null },
    async ({ request, body }) => {
      const hostId = sourceHost(request);
      if (hostId === null) throw new AtelierError('request.not-found', 'only hosts report');
      // Two reports of one host at once could overtake each other.
      if (speaking.has(hostId)) throw new AtelierError('request.too-many', 'the host is reporting already');
      speaking.add(hostId);
      try {
        return await take(hostId, body);
      } finally {
        speaking.delete(hostId);
      }
    },
  );
}
