import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { sourceHost } from '../collector/source-host.ts';
import { namesOfHost } from './names-of-host.ts';

/** Where agents ask for the certificate of their machine's RDP server. */
export const desktopCertificatePath = '/agent/rdp-certificate';

/**
 * A signing request (PEM); null asks only for the names that a certificate would have. `shows`: SHA-256 of the certificate that the host's RDP server shows from
 * now on; null: none that the agent looks after.
 */
const wish = z.object({
  csr: z.string().max(8192).nullable(),
  shows: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
});

function read(body: Buffer): z.infer<typeof wish> {
  try {
    return wish.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new AtelierError('request.invalid', 'what the host asks has another form than is agreed', { cause });
  }
}

/**
 * Gives hosts the certificate that their RDP server shows. A host signs in by its own certificate of this server's authority; it has no say in the names.
 */
export function issueDesktopCertificates(routes: Routes, services: Services): void {
  const { authority, audit, database } = services;
  /** From now on its targets have to show this certificate, where we are the ones who connect to them. */
  const pin = async (hostId: string, shows: string | null, correlationId: string) =>
    database.withTransaction(async (trx) => {
      const changed = await trx
        .updateTable('broker_target')
        .set({ certificate_fingerprint: shows })
        .where('host_id', '=', hostId)
        .where(sql<boolean>`certificate_fingerprint is distinct from ${shows}`)
        .returning('name')
        .execute();
      if (changed.length === 0) return;
      const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
      await audit.append(trx, { actor: { kind: 'system' }, correlationId } as const, {
        verb: 'host.show-certificate',
        object: { kind: 'host', id: hostId, name: host?.name ?? hostId },
        before: null,
        after: { targets: changed.map(({ name }) => name), fingerprint: shows },
      });
    });
  const issue = (hostId: string, csr: string | null, correlationId: string) =>
    database.withTransaction(async (trx) => {
      const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
      if (!host) throw new AtelierError('host.not-found', 'no host of this certificate is registered here');
      const [first, ...others] = (await namesOfHost(trx, hostId)) ?? [];
      if (first === undefined)
        throw new AtelierError('host.no-target', `no target is linked to the host ${host.name} that has a name`);
      const names = [first, ...others] as const;
      if (csr === null) return { names, certificate: null };
      const certificate = await authority.signDesktop(csr, names);
      const origin = { actor: { kind: 'system' }, correlationId } as const;
      await audit.append(trx, origin, {
        verb: 'host.certify-desktop',
        object: { kind: 'host', id: hostId, name: host.name },
        before: null,
        after: { names },
      });
      return { names, certificate };
    });
  routes.messages(
    desktopCertificatePath,
    { largest: 16 * 1024, challenge: 'Certificate', admits: (request) => sourceHost(request) !== null },
    async ({ request, body, correlationId }) => {
      const hostId = sourceHost(request);
      if (hostId === null) throw new AtelierError('request.not-found', 'only hosts ask for this');
      const { csr, shows } = read(body);
      if (shows !== undefined) await pin(hostId, shows, correlationId);
      const answer = await issue(hostId, csr, correlationId);
      return {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...answer, ca: authority.ca }),
      };
    },
  );
}
