/** Whom the gateway takes orders from, and what it knows of targets. */
export interface GatewayOptions {
  /** PEM of the authority that signs the servers' certificates. */
  readonly ca: string;
  /** Subject of those certificates, `CN=…`. */
  readonly subject: string;
  /** SHA-256 of a target's certificate (hexadecimal) that must be shown; null: whatever it shows. */
  fingerprintOf(targetId: string): Promise<string | null>;
  /** A target showed another one. */
  certificateRefused(target: { readonly id: string; readonly name: string }, shown: string): Promise<void>;
}
