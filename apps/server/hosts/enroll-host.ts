import { isIP } from 'node:net';
import { newId } from '@atelier/adapters/postgres';
import { completeAddress } from '@atelier/domain/hosts';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { spendHostInvitation } from './host-invitation.ts';

/** What an agent tells when it registers itself. */
export interface EnrollmentRequest {
  readonly token: string;
  readonly name: string;
  readonly address?: string;
  readonly csr: string;
}

/** What the agent keeps: the certificate it listens with, our authority, and whose certificate it lets in as administrator. */
export interface HostEnrollment {
  readonly hostId: string;
  readonly certificate: string;
  readonly ca: string;
  readonly managerSubject: string;
}

/** The address that a request came from, as one writes it in a URL. */
const literal = (ip: string): string => (isIP(ip) === 6 ? `[${ip}]` : ip);

/**
 * Registers a host by its token; its certificate and its row come together or not at all. A host of the same name that had registered itself before
 * is the same host, installed anew. @throws AtelierError `host.token-invalid`, `host.name-taken`, `request.invalid`
 */
export async function enrollHost(
  services: Services,
  asked: EnrollmentRequest,
  context: RequestContext,
): Promise<HostEnrollment> {
  const address = asked.address ?? completeAddress(literal(context.ip))!;
  const { hostname } = new URL(address);
  return await services.database.withTransaction(async (trx) => {
    const labels = await spendHostInvitation(trx, asked.token);
    const names = [...new Set([hostname.replace(/^\[|\]$/g, ''), asked.name])];
    const certificate = await services.authority.signHost(asked.csr, names);
    const known = await trx
      .selectFrom('host')
      .select(['id', 'enrolled', 'address'])
      .where((eb) => eb(eb.fn('lower', ['name']), '=', asked.name.toLowerCase()))
      .forUpdate()
      .executeTakeFirst();
    const values = {
      name: asked.name,
      address,
      sign_in: JSON.stringify({ kind: 'certificate' }),
      trust: JSON.stringify({ kind: 'authority' }),
      enrolled: true,
      state: 'new' as const,
    };
    const id = known?.id ?? newId();
    if (known) await trx.updateTable('host').set(values).where('id', '=', id).execute();
    else
      await trx
        .insertInto('host')
        .values({ ...values, id, labels: [...labels] })
        .execute();
    const origin = { actor: { kind: 'system' }, correlationId: context.correlationId } as const;
    await services.audit.append(trx, origin, {
      verb: 'host.enroll',
      object: { kind: 'host', id, name: asked.name },
      before: known ? { address: known.address } : null,
      after: { address, from: context.ip },
    });
    return { hostId: id, certificate, ca: services.authority.ca, managerSubject: services.authority.managerSubject };
  });
}
