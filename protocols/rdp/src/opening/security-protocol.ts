/** Bits of `requestedProtocols` and `selectedProtocol` ([MS-RDPBCGR] 2.2.1.1.1, 2.2.1.2.1). */
export const securityProtocol = {
  /** Standard RDP security: no bit at all. */
  rdp: 0,
  tls: 1,
  /** CredSSP over TLS ("NLA"). */
  hybrid: 2,
  rdstls: 4,
  /** CredSSP followed by the Early User Authorization Result PDU. */
  hybridEx: 8,
  rdsaad: 16,
} as const;

/** `flags` of an RDP Negotiation Request ([MS-RDPBCGR] 2.2.1.1.1). */
export const negotiationRequestFlag = {
  restrictedAdminModeRequired: 1,
  redirectedAuthenticationModeRequired: 2,
  correlationInfoPresent: 8,
} as const;

/** `flags` of an RDP Negotiation Response ([MS-RDPBCGR] 2.2.1.2.1). */
export const negotiationResponseFlag = {
  extendedClientDataSupported: 1,
  dynamicVcGraphicsSupported: 2,
  restrictedAdminModeSupported: 8,
  redirectedAuthenticationModeSupported: 16,
} as const;

/** `failureCode` of an RDP Negotiation Failure ([MS-RDPBCGR] 2.2.1.2.2). */
export const negotiationFailure = {
  sslRequiredByServer: 1,
  sslNotAllowedByServer: 2,
  sslCertificateNotOnServer: 3,
  inconsistentFlags: 4,
  hybridRequiredByServer: 5,
  sslWithUserAuthenticationRequiredByServer: 6,
} as const;

export type NegotiationFailure = keyof typeof negotiationFailure;
