import { type TransferOrders, transferOrders } from '@atelier/api';
import { defaultTransferPolicy } from '@atelier/domain/transfers';
import type { ClientDatabase } from '../state/client-database.ts';

const note = 'transfers.orders';

/** What the server said last of how this computer fetches; kept for the time without it. */
export interface KnownOrders {
  policy(): TransferOrders['policy'];
  peers(): TransferOrders['peers'];
  /** The pass for peers, as they get it: base64url of the signed document. */
  pass(): string | null;
  learn(orders: TransferOrders): void;
}

export function openKnownOrders(database: ClientDatabase): KnownOrders {
  let orders = transferOrders.safeParse(database.note<unknown>(note)).data;
  return {
    policy: () => orders?.policy ?? defaultTransferPolicy,
    peers: () => orders?.peers ?? [],
    pass: () => (orders ? Buffer.from(JSON.stringify(orders.pass)).toString('base64url') : null),
    learn: (next) => {
      orders = next;
      database.setNote(note, next);
    },
  };
}
