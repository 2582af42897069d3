/** Who asks. Passwords stay in memory only. Users are `user`, `DOMAIN\user` or `user@REALM`. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** NTLMv2 within SPNEGO; over HTTP every message is encrypted. */
  | { readonly kind: 'negotiate'; readonly user: string; readonly password: string }
  | KerberosLogon
  /** CredSSP: the password itself is handed to the host, once that has proved its key. Only for hosts that are trusted with it. */
  | { readonly kind: 'credssp'; readonly user: string; readonly password: string }
  /** A client certificate and its key, in PEM. HTTPS only. */
  | { readonly kind: 'certificate'; readonly certificate: string; readonly key: string };

/** Kerberos, by password or by the tickets of `kinit`. */
export interface KerberosLogon {
  readonly kind: 'kerberos';
  /** `user@REALM`; not needed with a cache. */
  readonly user?: string;
  readonly password?: string;
  /** File of a credential cache, e.g. `/tmp/krb5cc_1000`. */
  readonly cache?: string;
  /** `host` or `host:port` of KDCs. Default: what /etc/krb5.conf or DNS says of the realm. */
  readonly kdcs?: readonly string[];
  /** Service of the ticket. Default `HTTP` and the host of the URL. */
  readonly service?: readonly [name: string, host: string];
}

/** Which certificates of hosts are believed. Default: those of the system's authorities, for the host's name. */
export interface Trust {
  /** Authorities in PEM, besides no others. */
  readonly authorities?: string;
  /** SHA-256 of the host's certificate in hexadecimal, with or without colons: believed alone, whatever authority and name. */
  readonly fingerprint?: string;
  /** Believe any authority. Only for a network that nobody else can reach. */
  readonly skipAuthority?: boolean;
  /** Believe a certificate for another name. */
  readonly skipName?: boolean;
}

/** How to reach one host. Times in milliseconds. */
export interface ConnectionOptions {
  /** `https://host:5986/wsman`; or a host alone, which means HTTPS on 5986. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly trust?: Trust;
  /** Let passwords (Basic) or messages go over HTTP in clear. */
  readonly allowUnencrypted?: boolean;
  /** Of each operation at the host, default 60 s; a call waits a little longer. */
  readonly operationTimeout?: number;
  /** Of the connection, default 15 s. */
  readonly connectTimeout?: number;
  /** Bytes of an answer, default 512,000. */
  readonly maxEnvelopeSize?: number;
  /** Of requests, default UTF-8. */
  readonly encoding?: 'utf-8' | 'utf-16';
  /** Language of sentences, e.g. `fr-FR`. */
  readonly locale?: string;
  /** Items of an enumeration that are asked for at once, default 100. */
  readonly batchItems?: number;
  /** Follow one redirection (HTTPS only). */
  readonly followRedirect?: boolean;
  /** Connections at the same time, default 8: a waiting Receive holds one. */
  readonly maxConnections?: number;
}

/** Where a host listens. */
export interface Target {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** What goes into `wsa:To`. */
  readonly url: string;
}
