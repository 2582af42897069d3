import type { BrokerChain } from '@atelier/adapters/broker-plug-ins';
import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { ClientData, ClientInfo } from '@atelier/rdp';
import type { BrokerLimits } from '../broker-limits.ts';
import type { BrokerParts } from '../broker-parts.ts';
import type { DecidingParts } from '../decision/decide-place.ts';
import type { Admission } from '../listener/admission.ts';
import type { OpenedConnection } from '../listener/listener.ts';
import type { TargetLooks } from '../relay/target-looks.ts';
import type { TlsIdentity } from '../sign-in/tls-identity.ts';
import type { ClientChannel } from './client-channel.ts';

/** What serving clients needs. */
export interface ClientTools {
  readonly parts: BrokerParts;
  readonly chain: BrokerChain;
  readonly unanswered: DecidingParts['unanswered'];
  readonly looks: TargetLooks;
  readonly limits: BrokerLimits;
  readonly admission: () => Admission;
  readonly tls: () => TlsIdentity;
}

/** Why a client that had a place is here again: its target did not take it. */
export interface ComesAgain {
  readonly grant: RoutingTokenGrant;
  readonly not: readonly string[];
}

/** A client whose Client Info is there. */
export interface KnownClient {
  readonly connection: OpenedConnection;
  readonly channel: ClientChannel;
  readonly data: ClientData;
  readonly info: ClientInfo;
  readonly correlationId: string;
  readonly again: ComesAgain | null;
}
