/** Why XML was refused. `limit` is a bound on its shape, `size` on its length. */
export type XmlErrorReason = 'malformed' | 'forbidden' | 'limit' | 'size' | 'encoding';

/** XML that the reader does not take. The message names no content. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly reason: XmlErrorReason;

  constructor(reason: XmlErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
