import {
  type ConnectionRequest,
  securityProtocol,
  writeConnectionConfirm,
  writeNegotiationFailure,
} from '@atelier/rdp';

/** What the broker answers to a client's offer. */
export type Negotiated =
  | { readonly kind: 'tls' | 'nla'; readonly confirm: Buffer }
  /** The client is told why, and hung up on. */
  | { readonly kind: 'refused'; readonly confirm: Buffer; readonly why: string };

/** NLA where both can, else TLS. Clients that offer neither are refused: standard RDP security protects nothing. */
export function negotiate(negotiation: ConnectionRequest['negotiation'], nla: boolean): Negotiated {
  const offered = negotiation?.protocols ?? securityProtocol.rdp;
  if (nla && (offered & securityProtocol.hybrid) !== 0)
    return { kind: 'nla', confirm: writeConnectionConfirm(securityProtocol.hybrid) };
  // Whoever offers NLA can do TLS, even when it does not say so.
  if ((offered & (securityProtocol.tls | securityProtocol.hybrid)) !== 0)
    return { kind: 'tls', confirm: writeConnectionConfirm(securityProtocol.tls) };
  return {
    kind: 'refused',
    confirm: writeNegotiationFailure('sslRequiredByServer'),
    why: 'the client offers neither TLS nor NLA',
  };
}
