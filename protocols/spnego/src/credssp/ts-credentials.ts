import { der } from '@atelier/asn1';
import { readToken } from '../read-token.ts';
import { SpnegoError } from '../spnego-error.ts';
import type { PasswordCredentials } from './credssp.ts';

const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));

function text(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw new SpnegoError('spnego.malformed', 'a credssp name is of half a letter');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
}

/** Reads TSCredentials (MS-CSSP §2.2.1.2); null if they are not a password (smart card, Remote Credential Guard). */
export function parseTsCredentials(bytes: Uint8Array): PasswordCredentials | null {
  const { type, inner } = readToken(bytes, 'credssp credentials', (reader) =>
    reader.sequence((fields) => ({
      type: fields.explicit(0, (field) => field.integer()),
      inner: fields.explicit(1, (field) => field.octetString()),
    })),
  );
  if (type !== 1) return null;
  return readToken(inner, 'a credssp password', (reader) =>
    reader.sequence((fields) => ({
      domain: text(fields.explicit(0, (field) => field.octetString())),
      user: text(fields.explicit(1, (field) => field.octetString())),
      password: text(fields.explicit(2, (field) => field.octetString())),
    })),
  );
}

export function encodeTsCredentials({ domain, user, password }: PasswordCredentials): Uint8Array {
  const inner = der.sequence(
    der.explicit(0, der.octetString(utf16(domain))),
    der.explicit(1, der.octetString(utf16(user))),
    der.explicit(2, der.octetString(utf16(password))),
  );
  return der.sequence(der.explicit(0, der.integer(1)), der.explicit(1, der.octetString(inner)));
}
