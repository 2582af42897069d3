import type { OperationUser } from '@atelier/plugin-kit';
import type { HttpBody } from '@atelier/spnego';
import type { ConnectionState } from './connection-state.ts';

/** Encrypts and decrypts the bodies of one connection (MS-WSMV 2.2.9.1). Bodies must come in order; anything wrong throws. */
export interface Sealing {
  open(sealed: HttpBody): HttpBody | Promise<HttpBody>;
  seal(plain: HttpBody): HttpBody | Promise<HttpBody>;
}

/** What one look at an Authorization header gave. */
export type AuthenticationResult =
  /** `token` goes back as the last word of the logon; `sealing` when bodies are encrypted from now on. */
  | {
      readonly kind: 'user';
      readonly user: OperationUser;
      readonly token?: string;
      readonly sealing?: Sealing;
      /** Which resource URIs the logon is good for. Default: all. */
      readonly resources?: (resourceUri: string) => boolean;
    }
  /** The logon goes on: this is the next WWW-Authenticate. */
  | { readonly kind: 'continue'; readonly challenge: string }
  /** `name` is who it claimed to be, empty when unknown; `challenge` tells the client why. */
  | { readonly kind: 'refused'; readonly name: string; readonly challenge?: string };

/** One way to prove who one is. */
export interface Authenticator {
  /** The scheme's word in the Authorization header. */
  readonly scheme: string;
  /** The WWW-Authenticate line on this connection; null when the scheme is not offered there now. */
  challenge(connection: ConnectionState): string | null;
  authenticate(connection: ConnectionState, credentials: string): Promise<AuthenticationResult>;
}
