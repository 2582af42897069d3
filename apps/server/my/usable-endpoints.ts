import type { Queries } from '../services.ts';

/**
 * The computers on which a person may use their workspaces: those that are nobody's, their own, and those where they have
 * signed in before. Revoked ones never.
 */
export const usableEndpoints = (queries: Queries, userId: string) =>
  queries
    .selectFrom('endpoint')
    .select(['endpoint.id', 'endpoint.name', 'endpoint.state'])
    .where('endpoint.state', 'not in', ['revoked', 'wiped'])
    .where(({ eb, or, exists, selectFrom }) =>
      or([
        eb('endpoint.user_id', 'is', null),
        eb('endpoint.user_id', '=', userId),
        exists(
          selectFrom('workspace_grant')
            .select('sequence')
            .whereRef('workspace_grant.endpoint_id', '=', 'endpoint.id')
            .where('workspace_grant.user_id', '=', userId),
        ),
      ]),
    );
