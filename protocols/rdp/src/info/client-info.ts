/** Who the user is and what the client wants ([MS-RDPBCGR] 2.2.1.11.1.1). Holds a password: never log it whole. */
export interface ClientInfo {
  /** `INFO_*` bits: see `infoFlag`. */
  readonly flags: number;
  readonly domain: string;
  readonly userName: string;
  readonly password: string;
  /** INFO_AUTOLOGON: the client sent what its user typed and wants to be signed in without being asked. */
  readonly autoLogon: boolean;
  readonly alternateShell: string;
  readonly workingDir: string;
  /** Null where the client sent no extended info. */
  readonly extended: ExtendedInfo | null;
}

/** TS_EXTENDED_INFO_PACKET ([MS-RDPBCGR] 2.2.1.11.1.1.1); what the client left out is null. */
export interface ExtendedInfo {
  readonly clientAddress: string;
  readonly clientDir: string;
  readonly timeZone: ClientTimeZone | null;
  /** `PERF_*` bits. */
  readonly performanceFlags: number | null;
  readonly autoReconnect: AutoReconnectCookie | null;
}

export interface ClientTimeZone {
  /** Minutes to be added to local time to get UTC. */
  readonly bias: number;
  readonly standardName: string;
  readonly standardBias: number;
  readonly daylightName: string;
  readonly daylightBias: number;
}

/** ARC_CS_PRIVATE_PACKET ([MS-RDPBCGR] 2.2.4.3). */
export interface AutoReconnectCookie {
  readonly logonId: number;
  /** 16 bytes: HMAC-MD5 over the client random with the server's random as key. */
  readonly securityVerifier: Uint8Array;
}
