import { type PublicKey, type Signer, verifySignature } from './ed25519.ts';
import { asArray, asObject, asText, parseJsonObject } from './json-shape.ts';
import { limits } from './limits.ts';
import { TrimError } from './trim-error.ts';

/** What an envelope holds; part of what is signed, so that one kind never passes for another. */
export type EnvelopeKind = 'root' | 'latest' | 'manifest';

/** A DSSE envelope that was taken apart, its signatures not yet believed. */
export type Envelope = {
  readonly kind: EnvelopeKind;
  readonly payload: Uint8Array;
  readonly signatures: readonly { readonly keyId: string; readonly signature: Uint8Array }[];
};

const mediaType = (kind: EnvelopeKind) => `application/vnd.atelier.trim.${kind}.v1+json`;

/**
 * The bytes that are signed: DSSE's pre-authentication encoding,
 * `DSSEv1 SP len(type) SP type SP len(payload) SP payload` (README, "Envelope").
 */
export function signedBytes(kind: EnvelopeKind, payload: Uint8Array): Uint8Array {
  const type = mediaType(kind);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

/** `value` signed by every signer, as the text of a file. */
export async function sealEnvelope(kind: EnvelopeKind, value: object, signers: readonly Signer[]): Promise<string> {
  const payload = Buffer.from(JSON.stringify(value));
  const message = signedBytes(kind, payload);
  const signatures = [];
  for (const signer of signers)
    signatures.push({
      keyid: signer.publicKey.id,
      sig: Buffer.from(await signer.sign(message)).toString('base64'),
    });
  return `${JSON.stringify({ payloadType: mediaType(kind), payload: payload.toString('base64'), signatures })}\n`;
}

/** Takes an envelope apart; throws `trim.format` or `trim.limits`. Says nothing about its signatures. */
export function parseEnvelope(kind: EnvelopeKind, file: Uint8Array, limit: number): Envelope {
  const outer = parseJsonObject(file, `${kind} envelope`, limit);
  if (outer.payloadType !== mediaType(kind))
    throw new TrimError('trim.format', `the ${kind} envelope is of type ${asText(outer.payloadType, 'payloadType')}`);
  const signatures = asArray(outer.signatures, 'signatures', limits.keys).map((entry) => {
    const { keyid, sig } = asObject(entry, 'signature');
    return { keyId: asText(keyid, 'keyid'), signature: base64(sig, 'sig', 128) };
  });
  return { kind, payload: base64(outer.payload, 'payload', limit * 2), signatures };
}

/** How many different keys of `keys` signed the envelope. */
export function countSignatures(envelope: Envelope, keys: readonly PublicKey[]): number {
  const message = signedBytes(envelope.kind, envelope.payload);
  const good = new Set<string>();
  for (const { keyId, signature } of envelope.signatures) {
    const key = keys.find(({ id }) => id === keyId);
    if (key && !good.has(key.id) && verifySignature(key, message, signature)) good.add(key.id);
  }
  return good.size;
}

function base64(value: unknown, what: string, limit: number): Uint8Array {
  const text = asText(value, what, limit);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new TrimError('trim.format', `${what} is not base64`);
  return bytes;
}
