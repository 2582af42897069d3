import { AtelierError } from '@atelier/domain/errors';
import {
  type GrantDocument,
  grantDocumentSchema,
  type SignedDocument,
  signedDocumentSchema,
} from '@atelier/domain/workspaces';
import type { ClientDatabase } from '../state/client-database.ts';
import { openSigned, type PolicyKey } from './open-signed.ts';

/** The signed grants of the people of this computer. */
export interface GrantStore {
  /**
   * Checks a grant's signature, for whom it is, and that it is not older than the one in use; then keeps it.
   * Throws `client.grant-refused`.
   */
  accept(signed: SignedDocument, expected: { readonly userId?: string }): GrantDocument;
  /** Whether it is a good grant that is a little older (two minutes at most) than the one in use. */
  isOvertaken(signed: SignedDocument): boolean;
  get(userId: string): GrantDocument | undefined;
  all(): GrantDocument[];
  clear(): void;
}

const overtakenMs = 120_000;

/** Opens the grants in `database`; every one of them is verified again, and what fails is left out and told to `onBad`. */
export function openGrantStore(
  database: ClientDatabase,
  pinned: { readonly endpointId: string; readonly keys: () => readonly PolicyKey[] },
  onBad: (detail: string) => void,
): GrantStore {
  const { sqlite } = database;
  const keep = sqlite.prepare(
    `insert into granted values (?, ?, ?) on conflict (user_id)
       do update set sequence = excluded.sequence, document = excluded.document`,
  );
  const grants = new Map<string, GrantDocument>();
  for (const row of sqlite.prepare('select user_id, document from granted').all()) {
    try {
      const grant = openGrant(signedDocumentSchema.parse(JSON.parse(String(row.document))), pinned);
      if (grant.user.id !== row.user_id) throw new AtelierError('client.grant-refused', 'it belongs to somebody else');
      grants.set(grant.user.id, grant);
    } catch (error) {
      onBad(`the stored grant of ${row.user_id} cannot be used: ${(error as Error).message}`);
    }
  }
  return {
    accept: (signed, { userId }) => {
      const grant = openGrant(signed, pinned);
      if (userId !== undefined && grant.user.id !== userId)
        throw new AtelierError('client.grant-refused', 'the grant belongs to somebody else');
      const row = sqlite.prepare('select sequence from granted where user_id = ?').get(grant.user.id);
      const seen = row ? Number(row.sequence) : 0;
      if (grant.sequence < seen)
        throw new AtelierError(
          'client.grant-refused',
          `the grant has sequence ${grant.sequence}, ${seen} was seen before`,
        );
      keep.run(grant.user.id, grant.sequence, JSON.stringify(signed));
      grants.set(grant.user.id, grant);
      return grant;
    },
    isOvertaken: (signed) => {
      const grant = tryOpen(signed, pinned);
      if (!grant) return false;
      const known = grants.get(grant.user.id);
      if (!known || grant.sequence >= known.sequence) return false;
      return Date.parse(known.issuedAt) - Date.parse(grant.issuedAt) < overtakenMs;
    },
    get: (userId) => grants.get(userId),
    all: () => [...grants.values()],
    clear: () => {
      sqlite.exec('delete from granted');
      grants.clear();
    },
  };
}

/** Checks signature and addressee. Throws `client.grant-refused`. */
function openGrant(
  signed: SignedDocument,
  pinned: { readonly endpointId: string; readonly keys: () => readonly PolicyKey[] },
): GrantDocument {
  const bytes = openSigned(signed, pinned.keys());
  const parsed = grantDocumentSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success) throw new AtelierError('client.grant-refused', `its form is not known: ${parsed.error.message}`);
  if (parsed.data.endpointId !== pinned.endpointId)
    throw new AtelierError('client.grant-refused', 'it was made for another computer');
  return parsed.data;
}

function tryOpen(...given: Parameters<typeof openGrant>): GrantDocument | undefined {
  try {
    return openGrant(...given);
  } catch {
    return undefined;
  }
}
