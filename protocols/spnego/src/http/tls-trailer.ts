const hashBytes: Readonly<Record<string, number>> = { MD5: 16, SHA: 20, SHA256: 32, SHA384: 48 };

/**
 * How many octets of a TLS record go into the `header` of a part when CredSSP seals a body: the length of what the cipher
 * adds at the end (SECPKG's cbTrailer; MS-WSMV §2.2.9.1.1.2.2). `cipher` is OpenSSL's name, such as
 * `ECDHE-RSA-AES256-GCM-SHA384` or `TLS_AES_256_GCM_SHA384`; `length` that of the plain text, at most 16,384 a record.
 */
export function tlsTrailerLength(cipher: string, length: number): number {
  // TLS 1.3 hides the record's type in one more octet.
  if (cipher.startsWith('TLS_')) return 17;
  if (/GCM|CHACHA20|CCM/.test(cipher)) return 16;
  const hash = hashBytes[/-(MD5|SHA|SHA256|SHA384)$/.exec(cipher)?.[1] ?? ''];
  if (hash === undefined) throw new RangeError(`unknown cipher ${cipher}`);
  return hash + 16 - ((length + hash) % 16);
}
