/** A ticket with the session key that belongs to it, as its owner holds it. Treat it as a secret. */
export interface ServiceTicket {
  /** The client's realm and name. */
  readonly clientRealm: string;
  readonly client: readonly string[];
  readonly realm: string;
  /** The service: `['HTTP', 'web.example.org']`, or `['krbtgt', 'EXAMPLE.ORG']` for a ticket-granting ticket. */
  readonly service: readonly string[];
  /** The Ticket in DER, as the KDC gave it. */
  readonly ticket: Uint8Array;
  readonly encryptionType: number;
  readonly sessionKey: Uint8Array;
  /** TicketFlags (RFC 4120 §5.3), bit 0 the highest. */
  readonly flags: number;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
}
