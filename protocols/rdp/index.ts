export type {
  Acceptor,
  AcceptorEvent,
  AcceptorOptions,
  AcceptorState,
  AcceptorStep,
  Area,
} from './src/acceptor/acceptor.ts';
export { createAcceptor } from './src/acceptor/rdp-acceptor.ts';
export type { Tile } from './src/drawing/tile.ts';
export type { AutoReconnectCookie, ClientInfo, ClientTimeZone, ExtendedInfo } from './src/info/client-info.ts';
export { infoFlag } from './src/info/info-flag.ts';
export type { InputEvent } from './src/input/input-event.ts';
export { rdpLimits } from './src/limits.ts';
export type { Lobby, LobbyOptions, LobbyOutcome } from './src/lobby/lobby.ts';
export { createLobby } from './src/lobby/lobby-screen.ts';
export type { LobbyOption, LobbyView } from './src/lobby/lobby-view.ts';
export type { ClientChannel, ClientCluster, ClientCore, ClientData, ClientMonitor } from './src/mcs/client-data.ts';
export {
  type ConnectionConfirm,
  readConnectionConfirm,
  writeConnectionConfirm,
  writeNegotiationFailure,
} from './src/opening/connection-confirm.ts';
export {
  type ConnectionRequest,
  readConnectionRequest,
  writeConnectionRequest,
} from './src/opening/connection-request.ts';
export { writeEarlyUserAuthorization } from './src/opening/early-user-authorization.ts';
export { type PeekedOpening, peekOpening } from './src/opening/peek-opening.ts';
export { type Preconnection, readPreconnection, writePreconnection } from './src/opening/preconnection.ts';
export {
  decodeClassicToken,
  encodeClassicToken,
  mstsValue,
  type TokenAddress,
  tokenText,
  writeMstsToken,
} from './src/opening/routing-token.ts';
export {
  type NegotiationFailure,
  negotiationFailure,
  negotiationRequestFlag,
  negotiationResponseFlag,
  securityProtocol,
} from './src/opening/security-protocol.ts';
export { tpktLength, writeTpkt } from './src/opening/tpkt.ts';
export { isRdpError, RdpError, type RdpReason } from './src/rdp-error.ts';
export {
  type RdstlsRequest,
  readRdstlsRequest,
  writeRdstlsCapabilities,
  writeRdstlsResponse,
} from './src/rdstls/rdstls.ts';
export { type RdstlsResult, rdstlsResult } from './src/rdstls/rdstls-result.ts';
export type { Redirection, RedirectionPassword } from './src/redirect/redirection.ts';
export { redirectionFlag } from './src/redirect/redirection-flags.ts';
export { readServerRedirection, writeServerRedirection } from './src/redirect/server-redirection.ts';
export { boundedDesktop, type DesktopSize } from './src/share/bounded-desktop.ts';
export type { ClientCapabilities } from './src/share/client-capabilities.ts';
export { type ErrorInfo, errorInfo } from './src/share/error-info.ts';
export { type StatusInfo, statusInfo } from './src/share/status-info.ts';
