/**
 * Takes out of a text what looks like a secret: private keys, bearer and basic credentials, values of fields with
 * telling names. A second net: what goes into a bundle is chosen so that there is none in the first place.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key removed]')
    .replace(/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [removed]')
    .replace(
      /("(?:[a-z_]*(?:password|secret|token|private_?key|credential|authorization|verifier)[a-z_]*)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi,
      '$1"[removed]"',
    )
    .replace(/((?:password|token|secret)=)[^\s&"']+/gi, '$1[removed]');
}
