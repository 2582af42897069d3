/** What a client says of itself in MCS Connect Initial ([MS-RDPBCGR] 2.2.1.3), before it says who its user is. */
export interface ClientData {
  readonly core: ClientCore;
  readonly cluster: ClientCluster | null;
  /** Static virtual channels, in order (at most 31). */
  readonly channels: readonly ClientChannel[];
  /** Empty where the client sent no monitor data. */
  readonly monitors: readonly ClientMonitor[];
  /** `encryptionMethods` of standard RDP security: 0 with TLS. */
  readonly encryptionMethods: number;
}

/** TS_UD_CS_CORE ([MS-RDPBCGR] 2.2.1.3.2). */
export interface ClientCore {
  /** RDP version, for instance 0x80004 (5.0 to 8.1) or 0x8000c (10.7). */
  readonly version: number;
  readonly desktopWidth: number;
  readonly desktopHeight: number;
  /** Windows locale id of the keyboard, for instance 0x409 (US), 0x40c (French), 0x407 (German). */
  readonly keyboardLayout: number;
  readonly keyboardType: number;
  readonly clientBuild: number;
  /** The client machine's name, up to 15 characters. */
  readonly clientName: string;
  /** Bits per pixel that the client would like: 8, 15, 16, 24 or 32. */
  readonly colorDepth: number;
  /** `RNS_UD_CS_*` bits. */
  readonly earlyCapabilities: number;
  /** The client joins no channels when the server can do without. */
  readonly skipsChannelJoin: boolean;
  /** It says so, or is of RDP 10 at least. */
  readonly supportsErrorInfo: boolean;
  readonly supportsStatusInfo: boolean;
  readonly connectionType: number;
  readonly serverSelectedProtocol: number | null;
  /** How much larger than usual the client shows everything, in percent: 100 to 500. */
  readonly desktopScaleFactor: number;
}

/** TS_UD_CS_CLUSTER ([MS-RDPBCGR] 2.2.1.3.5). */
export interface ClientCluster {
  readonly redirectionSupported: boolean;
  /** Version of the redirection PDU that the client knows: 3 to 6 for clients of today. */
  readonly redirectionVersion: number;
  /** The session that a redirection named, with which the client comes back; null when it does not. */
  readonly redirectedSessionId: number | null;
  /** The client asks for the console ("admin") session. */
  readonly smartcard: boolean;
}

export interface ClientChannel {
  readonly name: string;
  readonly options: number;
}

export interface ClientMonitor {
  readonly left: number;
  readonly top: number;
  /** Inclusive. */
  readonly right: number;
  /** Inclusive. */
  readonly bottom: number;
  readonly primary: boolean;
}
