import { newId } from '@atelier/adapters/postgres';
import type { EndpointFacts, Enrolled } from '@atelier/api';
import type { Signer } from '@atelier/trim';
import { spendEnrollmentToken } from '../endpoints/enrollment-token.ts';
import type { RequestContext } from '../http/handlers.ts';
import type { Repository } from '../repository/index.ts';
import type { Services } from '../services.ts';

/** What an endpoint pins: its certificate and everything with which it verifies us from then on. */
async function pinned(
  services: Services,
  repository: Repository,
  policySigner: Signer,
  endpointId: string,
  certificate: string,
): Promise<Enrolled> {
  return {
    endpointId,
    certificate,
    ca: services.authority.ca,
    serverTime: new Date().toISOString(),
    policyKeys: [{ keyId: policySigner.publicKey.id, publicKey: policySigner.publicKey.key }],
    repositoryRoot: await repository.rootText(),
  };
}

/** Makes a computer known, by a token; its certificate and its row come together or not at all. @throws AtelierError `endpoint.token-invalid`, `request.invalid` */
export async function enrollEndpoint(
  services: Services,
  repository: Repository,
  policySigner: Signer,
  asked: { readonly token: string; readonly csr: string; readonly facts: EndpointFacts },
  context: RequestContext,
): Promise<Enrolled> {
  const id = newId();
  const { facts } = asked;
  const certificate = await services.database.withTransaction(async (trx) => {
    const tokenId = await spendEnrollmentToken(trx, asked.token);
    const signed = await services.authority.signDevice(asked.csr, id);
    await trx
      .insertInto('endpoint')
      .values({
        id,
        name: facts.name,
        fingerprint: signed.fingerprint,
        certificate_expires_at: signed.expiresAt,
        os: facts.os,
        ram_mib: Math.max(1, facts.ramMiB),
        accelerator: facts.accelerator,
        client_version: facts.clientVersion,
        address: context.ip,
        last_contact_at: new Date(),
      })
      .execute();
    await trx.updateTable('endpoint_enrollment_token').set({ endpoint_id: id }).where('id', '=', tokenId).execute();
    const origin = { actor: { kind: 'device', id, name: facts.name }, correlationId: context.correlationId } as const;
    await services.audit.append(trx, origin, {
      verb: 'endpoint.enroll',
      object: { kind: 'endpoint', id, name: facts.name },
      before: null,
      after: { ...facts, fingerprint: signed.fingerprint },
    });
    return signed.certificate;
  });
  return await pinned(services, repository, policySigner, id, certificate);
}

/** A new certificate for an endpoint that has one. The one before stays good until it ends, should this answer get lost. */
export async function renewCertificate(
  services: Services,
  repository: Repository,
  policySigner: Signer,
  endpoint: { readonly id: string; readonly name: string },
  csr: string,
  context: RequestContext,
): Promise<Enrolled> {
  const certificate = await services.database.withTransaction(async (trx) => {
    const before = await trx
      .selectFrom('endpoint')
      .select('fingerprint')
      .where('id', '=', endpoint.id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const { certificate, fingerprint, expiresAt } = await services.authority.signDevice(csr, endpoint.id);
    await trx
      .updateTable('endpoint')
      .set({ fingerprint, certificate_expires_at: expiresAt })
      .where('id', '=', endpoint.id)
      .execute();
    const object = { kind: 'endpoint', id: endpoint.id, name: endpoint.name };
    await services.audit.append(trx, context, { verb: 'endpoint.renew', object, before, after: { fingerprint } });
    return certificate;
  });
  return await pinned(services, repository, policySigner, endpoint.id, certificate);
}
