export type {
  AcceptorOptions,
  ChannelBindingLevel,
  KerberosAcceptorOptions,
  NtlmAcceptorOptions,
  NtlmAccount,
  NtlmAttempt,
} from './src/acceptor-options.ts';
export { acceptCredSsp, type CredSspAcceptorOptions } from './src/credssp/accept-credssp.ts';
export type { CredSsp, CredSspResult, PasswordCredentials } from './src/credssp/credssp.ts';
export { type CredSspInitiatorOptions, initiateCredSsp } from './src/credssp/initiate-credssp.ts';
export type { Environment } from './src/environment.ts';
export { decodeEncryptedBody } from './src/http/decode-encrypted-body.ts';
export { encodeEncryptedBody } from './src/http/encode-encrypted-body.ts';
export {
  type EncryptedPart,
  type EncryptionProtocol,
  encryptionProtocolOf,
  type HttpBody,
} from './src/http/encrypted-body.ts';
export { openBody, sealBody } from './src/http/seal-body.ts';
export { tlsTrailerLength } from './src/http/tls-trailer.ts';
export type { InitiatorOptions, KerberosCredentials, NtlmCredentials } from './src/initiator-options.ts';
export { parseCredentialCache } from './src/kerberos/credential-cache.ts';
export type { Keytab, KeytabEntry } from './src/kerberos/keytab.ts';
export {
  type KdcAccess,
  obtainServiceTicket,
  obtainTicketGrantingTicket,
  type PasswordLogon,
} from './src/kerberos/obtain-tickets.ts';
export { parseKeytab } from './src/kerberos/parse-keytab.ts';
export { memoryReplayCache, type ReplayCache } from './src/kerberos/replay-cache.ts';
export type { ServiceTicket } from './src/kerberos/service-ticket.ts';
export { acceptSecurity } from './src/negotiate/accept-security.ts';
export { initiateSecurity } from './src/negotiate/initiate-security.ts';
export { judgeNtlm, ntHash } from './src/ntlm/ntlmv2.ts';
export type {
  AuthorizationData,
  Identity,
  Mechanism,
  SealedMessage,
  SecurityContext,
  StepResult,
} from './src/security-context.ts';
export { isSpnegoError, SpnegoError, type SpnegoErrorOptions } from './src/spnego-error.ts';
export { type SpnegoErrorCode, type SpnegoErrorText, spnegoErrors } from './src/spnego-errors.ts';
export { subjectPublicKey, tlsServerEndPoint } from './src/tls-binding.ts';
