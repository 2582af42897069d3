import { aesSha1 } from './aes-sha1.ts';
import { aesSha2 } from './aes-sha2.ts';

/** The three things that a key does for one key usage (RFC 3961 §4). */
export interface UsageKey {
  /** `confounder` is 16 random octets. Gives confounder, data and integrity code encrypted. */
  encrypt(plain: Uint8Array, confounder: Uint8Array): Uint8Array;
  /** Null if the integrity code is wrong or the input too short. */
  decrypt(cipher: Uint8Array): Uint8Array | null;
  checksum(...parts: readonly Uint8Array[]): Uint8Array;
}

/** A Kerberos encryption type. */
export interface EncryptionType {
  readonly id: number;
  readonly name: string;
  readonly keyBytes: number;
  /** Number of the checksum type that goes with it, and its length in octets. */
  readonly checksumType: number;
  readonly checksumBytes: number;
  readonly defaultIterations: number;
  /** The derived keys are made when first needed, and kept. */
  use(key: Uint8Array, usage: number): UsageKey;
  stringToKey(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array>;
}

const types: readonly EncryptionType[] = [aesSha1(17, 16), aesSha1(18, 32), aesSha2(19, 16), aesSha2(20, 32)];

/** The encryption type of this number; null for those that are not used any more (DES, RC4) or unknown. */
export const encryptionType = (id: number): EncryptionType | null => types.find((type) => type.id === id) ?? null;

/** In order of preference. */
export const encryptionTypeIds: readonly number[] = [20, 19, 18, 17];
