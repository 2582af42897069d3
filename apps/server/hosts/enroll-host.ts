import { isIP } from 'node:net';
import { newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { completeAddress } from '@atelier/domain/hosts';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { spendHostInvitation } from './host-invitation.ts';
import { readHostRow } from './host-view.ts';

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

const namesOf = (name: string, address: string): readonly string[] => [
  ...new Set([new URL(address).hostname.replace(/^\[|\]$/g, ''), name]),
];

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
  return await services.database.withTransaction(async (trx) => {
    const labels = await spendHostInvitation(trx, asked.token);
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
    if (known && !known.enrolled)
      throw new AtelierError('host.name-taken', `a person registered ${asked.name} already, and how to sign in to it`);
    const id = known?.id ?? newId();
    const certificate = await services.authority.signHost(asked.csr, id, namesOf(asked.name, address));
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

/**
 * Gives an enrolled host a new certificate for the key of the one that it has. It proves by that key who it is; its name and address are those that are
 * registered now. @throws AtelierError `host.certificate-invalid`, `request.invalid`
 */
export async function renewHost(
  services: Services,
  asked: { readonly hostId: string; readonly certificate: string; readonly csr: string },
  context: RequestContext,
): Promise<{ readonly certificate: string }> {
  return await services.database.withTransaction(async (trx) => {
    const row = await trx
      .selectFrom('host')
      .select(['id', 'name', 'address', 'enrolled'])
      .where('id', '=', asked.hostId)
      .executeTakeFirst();
    const names = row ? namesOf(row.name, row.address) : [];
    const { authority, audit } = services;
    const certificate = row?.enrolled ? await authority.renewHost(asked.certificate, asked.csr, row.id, names) : null;
    if (!row || certificate === null)
      throw new AtelierError('host.certificate-invalid', 'no host of this certificate is registered here');
    const origin = { actor: { kind: 'system' }, correlationId: context.correlationId } as const;
    await audit.append(trx, origin, {
      verb: 'host.renew-certificate',
      object: { kind: 'host', id: row.id, name: row.name },
      before: null,
      after: { names, from: context.ip },
    });
    return { certificate };
  });
}

/** A certificate for a registered host, by which it may bring its events. @throws AtelierError `host.not-found`, `request.invalid` */
export async function certifyHost(
  services: Services,
  hostId: string,
  csr: string,
  context: RequestContext,
): Promise<{ readonly certificate: string; readonly ca: string }> {
  return await services.database.withTransaction(async (trx) => {
    const { id, name, address } = await readHostRow(trx, hostId);
    const names = namesOf(name, address);
    const certificate = await services.authority.signHost(csr, id, names);
    const object = { kind: 'host', id, name };
    await services.audit.append(trx, context, { verb: 'host.certify', object, before: null, after: { names } });
    return { certificate, ca: services.authority.ca };
  });
}
