/** The stable codes: not DER, or beyond the limits. */
export type Asn1ErrorCode = 'asn1.malformed' | 'asn1.limits';

/** What reading DER throws. `message` tells what was being read and what was found. */
export class Asn1Error extends Error {
  override readonly name = 'Asn1Error';
  readonly code: Asn1ErrorCode;

  constructor(code: Asn1ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
