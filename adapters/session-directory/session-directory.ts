import type {
  Collection,
  ConnectionRequest,
  DecisionTrace,
  LoadBalanceResult,
  Session,
  SessionState,
  Target,
  TargetState,
} from '@atelier/domain/broker';

/** A user's place on a target, as it was decided: a session in state `connecting`, or the live one that was there. */
export interface Claim {
  readonly session: Session;
  readonly target: Target;
  readonly result: LoadBalanceResult;
}

/** Why a claim was refused; the caller decides again. */
export type ClaimRefusal =
  | { readonly kind: 'no-target' }
  | { readonly kind: 'not-available'; readonly why: 'drain' | 'full' | 'state' | 'gone' };

/** What a token is good for; of it only the SHA-256 is stored. */
export interface RoutingTokenGrant {
  readonly session: Pick<Session, 'id' | 'userId' | 'user' | 'domain' | 'state'>;
  readonly target: Pick<Target, 'id' | 'name' | 'endpoints'>;
  readonly collection: Pick<Collection, 'name' | 'targetSignIn'>;
  /** How often the client was sent round with it: the relay refuses beyond a limit. */
  readonly hops: number;
  /** How often it was used, this time included. */
  readonly uses: number;
  /** Null while the session is there. Else it was lost a few minutes ago by no doing of its user's, who may be taken elsewhere. */
  readonly lost: 'target-lost' | 'moved' | 'gone-from-host' | null;
  /** Whether it is an interruption that its client comes back from: it is there still for the directory, or was until some minutes ago. */
  readonly interrupted: boolean;
}

/** `disconnected`: by an administrator, a few minutes ago. */
export type TokenRefusal = 'unknown' | 'expired' | 'other-address' | 'session-ended' | 'too-many-hops' | 'disconnected';

/** What a person's groups give them. */
export interface Rights {
  readonly groupIds: readonly string[];
  /** Enabled ones, by name. */
  readonly collections: readonly Collection[];
}

/** What a host, its agent or the relay saw of a session. */
export interface SessionReport {
  readonly targetId: string;
  /** The session, when the relay knows it; otherwise it is found by user, target and what the host calls it. */
  readonly sessionId?: string;
  readonly user: string;
  readonly domain?: string;
  readonly hostSessionId?: string;
  readonly what: 'log-on' | 'log-off' | 'disconnect' | 'reconnect';
  /** The broker that carries the session and saw it, as it stands in `broker_instance`. What it says of its end counts for nothing once another carries it. */
  readonly relay?: string;
}

/**
 * Who is where: collections, targets, sessions, pending connections, tokens and leases, in PostgreSQL. Any number of brokers
 * over one database are right together: what must hold under races is a constraint or a lock there.
 */
export interface SessionDirectory {
  /** Collections that the user may use, by name; those of disabled collections not. */
  collectionsFor(userId: string, groupIds: readonly string[]): Promise<readonly Collection[]>;
  /** All groups that the user is in, and the collections that they may use therefore. */
  rightsOf(userId: string): Promise<Rights>;
  collection(name: string): Promise<Collection | null>;

  /** The user's live session in the collection, whatever its state. */
  liveSession(collectionId: string, userId: string): Promise<Session | null>;

  /** Where the user has a session that is there, in any collection: at most three targets that run. */
  liveTargets(userId: string): Promise<readonly Target[]>;

  /**
   * The built-in decision in one transaction: the user's live session if there is one (its target running or startable),
   * else the target with the least weighted load that takes one more; its session row is written in the same transaction.
   * Never two live sessions for one user and collection, also when brokers race. `isNewConnection` is false when the session
   * is on the target already (active or disconnected). `not` names targets that do not answer, by name or id: a live
   * session there becomes orphaned, but only once another target is found.
   */
  claimLeastLoaded(
    request: ConnectionRequest,
    collection: Collection,
    limits?: { readonly not?: readonly string[] },
  ): Promise<Claim | ClaimRefusal>;
  /** The same for a target that a plug-in chose; a live session that the user has is still given in place of it. */
  claimTarget(
    request: ConnectionRequest,
    collection: Collection,
    result: LoadBalanceResult,
  ): Promise<Claim | ClaimRefusal>;
  /** Gives a place up that never became a session. It stays for other connections of its user that it was given to since. */
  releaseClaim(sessionId: string, why: 'cancelled' | 'failed' | 'timed-out'): Promise<void>;
  /** Moves a live session off a target that does not answer, to another one: it gets a new id, the old one ends. */
  moveClaim(
    sessionId: string,
    request: ConnectionRequest,
    collection: Collection,
    not: readonly string[],
  ): Promise<Claim | ClaimRefusal>;

  /** Candidates for plug-ins, in pages by name, with their counts. */
  targets(query: {
    readonly collection?: string;
    readonly environment?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<readonly Target[]>;
  /**
   * Targets of a collection that may have changed since a mark (null: gives none, for a first mark): at least those that did, also in what no event tells,
   * such as counts. `count` is how many there are, so that whoever keeps them notices when some are gone.
   */
  changedTargets(query: {
    readonly collection: string;
    readonly since: string | null;
  }): Promise<{ readonly mark: string; readonly count: number; readonly changed: readonly Target[] }>;
  target(name: string): Promise<Target | null>;
  /**
   * Compare-and-swap. Gives the state that is there afterwards, whoever set it: whoever must be the only one to act on it holds
   * a lease of the target meanwhile.
   */
  testAndSetTargetState(targetId: string, next: TargetState, test: TargetState): Promise<TargetState>;
  setTargetState(targetId: string, state: TargetState, detail?: string): Promise<void>;
  setTargetEndpoints(targetId: string, endpoints: Target['endpoints']): Promise<void>;
  /** A target died or was reset: its live sessions become orphaned, its tokens void. Gives how many. */
  loseTarget(targetId: string): Promise<number>;

  /**
   * A new opaque token for a claim: 32 characters of base64url. Expires unless it is used; good as long as its session after
   * that. A claim of the last moment has its token already, issued with it. @throws AtelierError `broker.session-ended` when the place was
   * taken away meanwhile; by another broker in that last moment: then its use is refused
   */
  issueToken(claim: Claim, clientAddress: string): Promise<string>;
  /**
   * Looks a token up and counts the hop (those of the last minute). Its first use may come from another address within a
   * minute, and binds it. Refusals are audited by the caller.
   */
  redeemToken(token: string, clientAddress: string): Promise<RoutingTokenGrant | TokenRefusal>;

  /** A session by its id, also one that is over; null when it is forgotten. */
  session(id: string): Promise<Session | null>;

  /**
   * Has a token that was redeemed from this address lead to its person's new place, in place of a session of the same collection that was lost, and counts
   * no use. False, and nothing is changed: the place is lost again, the token is good no more or leads elsewhere by now, the person is disabled, or
   * the collection is one whose clients have to be redirected.
   */
  rebindToken(token: string, clientAddress: string, lostSessionId: string, claim: Claim): Promise<boolean>;

  /**
   * Whether a user may be let in again on one of these targets by a single-use password that is used up: their client came back with its token within the
   * last minute, to a session that it was in. Once for each coming back.
   */
  admitReturn(targetIds: readonly string[], user: string): Promise<boolean>;

  /** Books what was seen; idempotent. Gives the session as it is now, null when nothing was known or worth knowing. */
  report(report: SessionReport): Promise<Session | null>;
  /** What a host has now, whole: sessions it does not name are logged off, those it names beyond ours are taken in. */
  reconcile(
    targetId: string,
    there: readonly {
      readonly user: string;
      readonly hostSessionId: string;
      readonly state: Extract<SessionState, 'active' | 'disconnected'>;
    }[],
    /** How old the host's word may be, in milliseconds; default 2000. Sessions that changed since are left as they are. */
    ageMs?: number,
  ): Promise<void>;
  /**
   * Ends connecting sessions, tokens and tickets whose time is over, in batches. Sessions whose broker is dead count as left, and those left for a week on a
   * target that no host speaks for, or whose host says nothing any more, as over. Gives how many.
   */
  expire(): Promise<number>;

  /**
   * One connection with its decision trace, for those who watch. Resolves when it is written, which is a little later, together with others: nobody should
   * wait for it. Rejects when too many wait.
   */
  recordConnection(record: {
    readonly id: string;
    readonly request: ConnectionRequest;
    readonly sessionId: string | null;
    readonly outcome: 'redirected' | 'failed' | 'cancelled' | 'timed-out';
    readonly failure: string | null;
    readonly trace: DecisionTrace;
  }): Promise<void>;

  /** Resolves when all connections that were told are written, or could not be. */
  recorded(): Promise<void>;

  /** A lease that holds across brokers; null when another holder has it. `fence` grows with each holder. */
  lease(name: string, ttlMs: number): Promise<Lease | null>;
}

/** Held until `release`, or until it was not renewed for its time (the holder died). */
export interface Lease {
  readonly name: string;
  readonly fence: number;
  /** Aborted when it could not be renewed. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}
