import { type PublicKey, publicKey, type Signer } from './ed25519.ts';
import { countSignatures, parseEnvelope, sealEnvelope } from './envelope.ts';
import { asArray, asInstant, asText, asWhole, type JsonObject, parseJsonObject } from './json-shape.ts';
import { limits } from './limits.ts';
import { checkVersion } from './names.ts';
import { TrimError } from './trim-error.ts';

/**
 * Which keys speak for a repository (README, "root.json"). `rootKeys` sign roots, `signingKeys` sign manifests and
 * latest.json; a threshold is how many different keys of the list must have signed.
 */
export type Root = {
  readonly kind: 'root';
  readonly version: number;
  readonly issued: string;
  readonly expires: string;
  readonly rootKeys: readonly PublicKey[];
  readonly rootThreshold: number;
  readonly signingKeys: readonly PublicKey[];
  readonly signingThreshold: number;
};

/** The text of root.json. For a rotation `signers` are the old root keys and the new ones. */
export function sealRoot(root: Root, signers: readonly Signer[]): Promise<string> {
  const { kind: _, ...body } = root;
  const keys = (list: readonly PublicKey[]) => list.map(({ key }) => key);
  return sealEnvelope(
    'root',
    { format: 1, ...body, rootKeys: keys(root.rootKeys), signingKeys: keys(root.signingKeys) },
    signers,
  );
}

/**
 * Reads a root that is signed by its own root keys: what a client pins at enrolment. Whether it is the right root, the
 * caller must know from elsewhere. Throws `trim.root-signature`, `trim.format`, `trim.limits`.
 */
export function openPinnedRoot(file: Uint8Array): Root {
  const { root, envelope } = parseRoot(file);
  requireSignatures(envelope, root, root);
  return root;
}

/**
 * Reads the root that follows `trusted`: its version is one higher, and both the trusted root's keys and its own signed it.
 * Throws `trim.root-signature` or `trim.rollback`.
 */
export function openNextRoot(file: Uint8Array, trusted: Root): Root {
  const { root, envelope } = parseRoot(file);
  if (root.version !== trusted.version + 1)
    throw new TrimError('trim.rollback', `root version ${root.version} does not follow version ${trusted.version}`);
  requireSignatures(envelope, root, trusted);
  requireSignatures(envelope, root, root);
  return root;
}

function requireSignatures(envelope: ReturnType<typeof parseEnvelope>, root: Root, by: Root): void {
  const count = countSignatures(envelope, by.rootKeys);
  if (count < by.rootThreshold)
    throw new TrimError(
      'trim.root-signature',
      `root version ${root.version} has ${count} good signatures of the root keys of version ${by.version}, ${by.rootThreshold} are needed`,
    );
}

function parseRoot(file: Uint8Array): { readonly root: Root; readonly envelope: ReturnType<typeof parseEnvelope> } {
  const envelope = parseEnvelope('root', file, limits.rootFile);
  const body = parseJsonObject(envelope.payload, 'root', limits.rootFile);
  asWhole(body.format, 'format of root', 1, 1);
  const rootKeys = keyList(body, 'rootKeys');
  const signingKeys = keyList(body, 'signingKeys');
  const root: Root = {
    kind: 'root',
    version: checkVersion(body.version, 'root version'),
    issued: asInstant(body.issued, 'issued'),
    expires: asInstant(body.expires, 'expires'),
    rootKeys,
    rootThreshold: asWhole(body.rootThreshold, 'rootThreshold', 1, rootKeys.length),
    signingKeys,
    signingThreshold: asWhole(body.signingThreshold, 'signingThreshold', 1, signingKeys.length),
  };
  return { root, envelope };
}

function keyList(body: JsonObject, field: string): readonly PublicKey[] {
  const keys = asArray(body[field], field, limits.keys).map((key) => publicKey(asText(key, field, 64)));
  if (new Set(keys.map(({ id }) => id)).size !== keys.length)
    throw new TrimError('trim.format', `${field} names a key twice`);
  return keys;
}
