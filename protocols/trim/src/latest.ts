import type { Signer } from './ed25519.ts';
import { parseEnvelope, sealEnvelope } from './envelope.ts';
import { asInstant, asObject, asWhole, parseJsonObject } from './json-shape.ts';
import { limits } from './limits.ts';
import { checkDigest, checkName, checkVersion } from './names.ts';
import type { Root } from './root.ts';
import { requireSigningKeys } from './signing-keys.ts';
import { TrimError } from './trim-error.ts';

/** A channel's target: the version and the sha256 (hex) of its manifest file. */
export type ChannelTarget = { readonly version: number; readonly manifest: string };

/** An image's channels as of `counter`, which only ever grows (README, "latest.json"). */
export type Latest = {
  readonly kind: 'latest';
  readonly image: string;
  readonly counter: number;
  readonly issued: string;
  readonly expires: string;
  readonly channels: Readonly<Record<string, ChannelTarget>>;
};

/** The text of latest.json, signed. */
export function exportLatest(latest: Latest, signers: readonly Signer[]): Promise<string> {
  const { kind: _, ...body } = latest;
  return sealEnvelope('latest', { format: 1, ...body }, signers);
}

/**
 * Reads an image's latest.json and checks its signature. Rollback and expiry are `acceptLatest`'s business.
 * Throws `trim.manifest-signature`, `trim.manifest-mismatch`, `trim.format`, `trim.limits`, `trim.name`.
 */
export function openLatest(file: Uint8Array, root: Root, image: string): Latest {
  const envelope = parseEnvelope('latest', file, limits.latestFile);
  requireSigningKeys(envelope, root, `latest.json of ${image}`);
  const body = parseJsonObject(envelope.payload, 'latest', limits.latestFile);
  asWhole(body.format, 'format of latest.json', 1, 1);
  const name = checkName(body.image, 'image');
  if (name !== image) throw new TrimError('trim.manifest-mismatch', `latest.json of ${image} belongs to image ${name}`);
  const entries = Object.entries(asObject(body.channels, 'channels'));
  if (entries.length > limits.channels)
    throw new TrimError('trim.limits', `latest.json has ${entries.length} channels, ${limits.channels} are allowed`);
  const channels: Record<string, ChannelTarget> = {};
  for (const [channel, target] of entries) {
    const { version, manifest } = asObject(target, 'channel');
    channels[checkName(channel, 'channel')] = {
      version: checkVersion(version),
      manifest: checkDigest(manifest, 'manifest digest'),
    };
  }
  return {
    kind: 'latest',
    image: name,
    counter: asWhole(body.counter, 'counter', 1, Number.MAX_SAFE_INTEGER),
    issued: asInstant(body.issued, 'issued'),
    expires: asInstant(body.expires, 'expires'),
    channels,
  };
}
