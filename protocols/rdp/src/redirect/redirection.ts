/**
 * Where a client shall go and as whom ([MS-RDPBCGR] 2.2.13.1). Every field is optional; a client takes the load-balance info if
 * there is one (and comes back to the address that it dialled), else the FQDN if it resolves, the address, the NetBIOS name.
 * A redirection without any target makes clients dial the same address again without end.
 */
export interface Redirection {
  readonly sessionId?: number;
  /** An IP address; the client keeps the port that it dialled. */
  readonly targetAddress?: string;
  /** The routing token with which the client comes back, without CRLF (`writeMstsToken`). */
  readonly loadBalanceInfo?: Uint8Array;
  readonly userName?: string;
  readonly domain?: string;
  readonly password?: RedirectionPassword;
  readonly targetFqdn?: string;
  readonly targetNetbiosName?: string;
  /** The `tsv://` address of a VM plug-in. */
  readonly tsvUrl?: string;
  /** 16 bytes. */
  readonly redirectionGuid?: Uint8Array;
  /** The target's certificate in DER: clients that know the field trust exactly this one. */
  readonly targetCertificate?: Uint8Array;
  readonly targetAddresses?: readonly string[];
  /** The client shall not store the user name and password for later (LB_DONTSTOREUSERNAME). */
  readonly doNotStoreUserName?: boolean;
  /** The user may sign in with a smart card (LB_SMARTCARD_LOGON). */
  readonly smartcardLogon?: boolean;
  /** For information only: the client shall not connect anew (LB_NOREDIRECT). */
  readonly noRedirect?: boolean;
  /** The server wants the client's host to fetch the credentials from a fast switch (LB_SERVER_TSV_CAPABLE). */
  readonly serverTsvCapable?: boolean;
}

export type RedirectionPassword =
  | { readonly kind: 'clear'; readonly password: string }
  /** Encrypted for the target, to be handed over by RDSTLS (LB_PASSWORD_IS_PK_ENCRYPTED). */
  | { readonly kind: 'encrypted'; readonly cookie: Uint8Array };
