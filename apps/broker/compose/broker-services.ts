import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { BrokerLog } from '../broker-parts.ts';

/** What of the server's services the broker uses: the server's `Services` are one. */
export interface BrokerServices {
  readonly config: { readonly stateDir: string };
  readonly version: string;
  readonly database: DatabaseHandle;
  readonly log: BrokerLog;
  readonly authority: {
    /** PEM. */
    readonly ca: string;
    readonly managerSubject: string;
    signServer(publicKey: CryptoKey, names: readonly string[], addresses: readonly string[]): Promise<string>;
  };
  readonly secrets: {
    get(key: string): Promise<Uint8Array | undefined>;
    set(key: string, value: Uint8Array): Promise<void>;
    getOrCreate(key: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array>;
  };
  readonly events: {
    emit(
      name: string,
      event?: {
        readonly detail?: string;
        readonly userName?: string;
        readonly correlationId?: string | null;
        readonly data?: Readonly<Record<string, unknown>>;
      },
    ): void;
  };
  readonly audit: {
    append(
      trx: Parameters<Parameters<DatabaseHandle['withTransaction']>[0]>[0],
      origin: { readonly actor: { readonly kind: 'system' }; readonly correlationId: string },
      change: {
        readonly verb: string;
        readonly object: { readonly kind: string; readonly id: string; readonly name: string };
        readonly after?: Readonly<Record<string, unknown>> | null;
      },
    ): Promise<void>;
  };
}
