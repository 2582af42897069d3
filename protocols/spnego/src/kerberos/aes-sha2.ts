import { equalBytes } from '../crypto/equal-bytes.ts';
import { hmac, join } from '../crypto/hashes.ts';
import { aesCtsDecrypt, aesCtsEncrypt } from './aes-cts.ts';
import type { EncryptionType, UsageKey } from './encryption-type.ts';
import { stretch } from './stretch.ts';
import { usageConstant } from './usage-constant.ts';

/** aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009): the integrity code is over the cipher text. */
export function aesSha2(id: 19 | 20, keyBytes: 16 | 32): EncryptionType {
  const hash = id === 19 ? 'sha256' : 'sha384';
  const macBytes = id === 19 ? 16 : 24;
  const name = `aes${keyBytes * 8}-cts-hmac-${hash}-${macBytes * 8}`;
  const zeroIv = new Uint8Array(16);
  /** KDF-HMAC-SHA2 of §3. */
  const derive = (key: Uint8Array, label: Uint8Array, length: number): Uint8Array => {
    const bits = new Uint8Array(4);
    new DataView(bits.buffer).setUint32(0, length * 8);
    return hmac(hash, key, [Uint8Array.of(0, 0, 0, 1), label, Uint8Array.of(0), bits], length);
  };
  return {
    id,
    name,
    keyBytes,
    checksumType: id,
    checksumBytes: macBytes,
    defaultIterations: 32768,
    use(key, usage): UsageKey {
      let encryption: Uint8Array | undefined;
      let integrity: Uint8Array | undefined;
      let checksum: Uint8Array | undefined;
      const keys = () => {
        encryption ??= derive(key, usageConstant(usage, 0xaa), keyBytes);
        integrity ??= derive(key, usageConstant(usage, 0x55), macBytes);
        return { encryption, integrity };
      };
      return {
        encrypt(plain, confounder) {
          const { encryption, integrity } = keys();
          const cipher = aesCtsEncrypt(encryption, join(confounder, plain));
          return join(cipher, hmac(hash, integrity, [zeroIv, cipher], macBytes));
        },
        decrypt(cipher) {
          if (cipher.length < 16 + macBytes) return null;
          const { encryption, integrity } = keys();
          const end = cipher.length - macBytes;
          const content = cipher.subarray(0, end);
          const right = equalBytes(hmac(hash, integrity, [zeroIv, content], macBytes), cipher.subarray(end));
          return right ? aesCtsDecrypt(encryption, content).subarray(16) : null;
        },
        checksum(...parts) {
          checksum ??= derive(key, usageConstant(usage, 0x99), macBytes);
          return hmac(hash, checksum, parts, macBytes);
        },
      };
    },
    async stringToKey(password, salt, iterations) {
      const seed = await stretch(password, join(Buffer.from(`${name}\0`, 'latin1'), salt), iterations, keyBytes, hash);
      return derive(seed, Buffer.from('kerberos', 'latin1'), keyBytes);
    },
  };
}
