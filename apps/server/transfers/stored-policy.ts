import type { EndpointTransferPolicy } from '@atelier/api';
import {
  mergeTransferPolicy,
  type TransferPolicy,
  transferOverrideSchema,
  transferPolicySchema,
} from '@atelier/domain/transfers';
import type { Queries } from '../services.ts';

/** The setting with the organisation's transfer policy. */
export const policySetting = 'transfers.policy';

/** The organisation's policy; revision 0 while nobody has said anything. Read through today's schema, so that new fields get their defaults. */
export async function readTransferPolicy(
  queries: Queries,
): Promise<{ readonly policy: TransferPolicy; readonly rev: number }> {
  const row = await queries
    .selectFrom('setting')
    .select(['value', 'rev'])
    .where('key', '=', policySetting)
    .executeTakeFirst();
  return { policy: transferPolicySchema.parse(row?.value ?? {}), rev: row?.rev ?? 0 };
}

/** What one endpoint does otherwise, and what comes of both. */
export async function readEndpointPolicy(queries: Queries, endpointId: string): Promise<EndpointTransferPolicy> {
  const { policy } = await readTransferPolicy(queries);
  const row = await queries
    .selectFrom('transfer_override')
    .select(['document', 'rev'])
    .where('endpoint_id', '=', endpointId)
    .executeTakeFirst();
  const override = transferOverrideSchema.parse(row?.document ?? {});
  return { override, effective: mergeTransferPolicy(policy, override), rev: row?.rev ?? 0 };
}
