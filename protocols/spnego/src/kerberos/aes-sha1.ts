import { equalBytes } from '../crypto/equal-bytes.ts';
import { hmac, join } from '../crypto/hashes.ts';
import { aesCtsDecrypt, aesCtsEncrypt, aesEncryptBlocks } from './aes-cts.ts';
import type { EncryptionType, UsageKey } from './encryption-type.ts';
import { nFold } from './n-fold.ts';
import { stretch } from './stretch.ts';
import { usageConstant } from './usage-constant.ts';

/** DK of RFC 3961 §5.1. */
function derive(key: Uint8Array, constant: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  let block = nFold(constant, 16);
  for (let length = 0; length < key.length; length += 16) {
    block = aesEncryptBlocks(key, block);
    blocks.push(block);
  }
  return join(...blocks).subarray(0, key.length);
}

/** aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96 (RFC 3962): the integrity code is over the plain text. */
export function aesSha1(id: 17 | 18, keyBytes: 16 | 32): EncryptionType {
  const macBytes = 12;
  return {
    id,
    name: `aes${keyBytes * 8}-cts-hmac-sha1-96`,
    keyBytes,
    checksumType: id - 2,
    checksumBytes: macBytes,
    defaultIterations: 4096,
    use(key, usage): UsageKey {
      let encryption: Uint8Array | undefined;
      let integrity: Uint8Array | undefined;
      let checksum: Uint8Array | undefined;
      const keys = () => {
        encryption ??= derive(key, usageConstant(usage, 0xaa));
        integrity ??= derive(key, usageConstant(usage, 0x55));
        return { encryption, integrity };
      };
      return {
        encrypt(plain, confounder) {
          const { encryption, integrity } = keys();
          const content = join(confounder, plain);
          return join(aesCtsEncrypt(encryption, content), hmac('sha1', integrity, [content], macBytes));
        },
        decrypt(cipher) {
          if (cipher.length < 16 + macBytes) return null;
          const { encryption, integrity } = keys();
          const end = cipher.length - macBytes;
          const content = aesCtsDecrypt(encryption, cipher.subarray(0, end));
          const right = equalBytes(hmac('sha1', integrity, [content], macBytes), cipher.subarray(end));
          return right ? content.subarray(16) : null;
        },
        checksum(...parts) {
          checksum ??= derive(key, usageConstant(usage, 0x99));
          return hmac('sha1', checksum, parts, macBytes);
        },
      };
    },
    async stringToKey(password, salt, iterations) {
      const seed = await stretch(password, salt, iterations, keyBytes, 'sha1');
      return derive(seed, Buffer.from('kerberos', 'latin1'));
    },
  };
}
