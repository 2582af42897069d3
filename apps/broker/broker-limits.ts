/** Bounds of a broker: counts, and times in milliseconds. */
export interface BrokerLimits {
  /** Connections whose opening is not there yet, of all and of one address. */
  readonly openings: number;
  readonly openingsPerAddress: number;
  /** Connections between opening and redirection (TLS, sign-in, lobby), of all and of one address: a whole office may come from one. */
  readonly signIns: number;
  readonly signInsPerAddress: number;
  /** Relayed connections. */
  readonly relays: number;
  /** Until the opening is there whole. */
  readonly openingMs: number;
  /** Until the client said who its user is, TLS and NLA included. */
  readonly signInMs: number;
  /** For a person who types a name and a password in the lobby. */
  readonly formMs: number;
  /** Until a target takes the connection. */
  readonly dialMs: number;
  /** Until a target that took it says its X.224 Connection Confirm, one that hangs does not: for new sessions, which can as well be elsewhere. */
  readonly confirmMs: number;
  /** The same for a session that is there: going elsewhere means that it is lost. */
  readonly confirmLiveMs: number;
  /** The time that a target has when it is looked at for somebody who is to be sent there, and when it did not answer within the last seconds. */
  readonly lookMs: number;
  readonly lookAgainMs: number;
  /** A target that answered so short a time ago is not looked at for a new session. */
  readonly heardMs: number;
  /** With more sign-ins under way nobody is looked at beforehand: in a morning's storm hosts, and we, are slow to answer without hanging. */
  readonly calmSignIns: number;
  /** Connections that are being made to one target at a time: xrdp's queue holds two. */
  readonly dialsPerTarget: number;
  /** Calls to the directory that run at a time, of ten connections to the database; what is asked for by many at once is gathered and not counted. */
  readonly databaseCalls: number;
  /** How long a client may wait without a picture: then the lobby opens. */
  readonly lobbyAfterMs: number;
  /** What relays get after the broker is asked to stop. */
  readonly drainMs: number;
}

export const defaultLimits: BrokerLimits = {
  openings: 4000,
  openingsPerAddress: 500,
  signIns: 4000,
  signInsPerAddress: 1000,
  relays: 20_000,
  openingMs: 5000,
  signInMs: 60_000,
  formMs: 120_000,
  dialMs: 2000,
  confirmMs: 2000,
  confirmLiveMs: 3000,
  lookMs: 1500,
  lookAgainMs: 600,
  heardMs: 10_000,
  calmSignIns: 32,
  dialsPerTarget: 2,
  databaseCalls: 4,
  lobbyAfterMs: 1200,
  drainMs: 5000,
};
