import { type DerReader, der } from '@atelier/asn1';

/** EncryptedData (RFC 4120 §5.2.9). */
export interface EncryptedData {
  readonly encryptionType: number;
  /** Version of the key; null if the sender does not say. */
  readonly version: number | null;
  readonly cipher: Uint8Array;
}

export const readEncryptedData = (reader: DerReader): EncryptedData =>
  reader.sequence((fields) => ({
    encryptionType: fields.explicit(0, (field) => field.integer()),
    version: fields.optional(1, (field) => field.integer()) ?? null,
    cipher: fields.explicit(2, (field) => field.octetString()),
  }));

export const encodeEncryptedData = (encryptionType: number, cipher: Uint8Array, version?: number): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(encryptionType)),
    der.explicit(1, version === undefined ? null : der.integer(version)),
    der.explicit(2, der.octetString(cipher)),
  );

/** EncryptionKey (§5.2.9). */
export interface EncryptionKey {
  readonly encryptionType: number;
  readonly key: Uint8Array;
}

export const readKey = (reader: DerReader): EncryptionKey =>
  reader.sequence((fields) => ({
    encryptionType: fields.explicit(0, (field) => field.integer()),
    key: fields.explicit(1, (field) => field.octetString()).slice(),
  }));

export const encodeKey = ({ encryptionType, key }: EncryptionKey): Uint8Array =>
  der.sequence(der.explicit(0, der.integer(encryptionType)), der.explicit(1, der.octetString(key)));
