import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';
import {
  parseSubscriptionManager,
  type SubscriptionManager,
  writeSubscriptionManager,
} from './subscription-manager.ts';

export const forwardingFile = 'event-forwarding.json';
const most = 16;

/** The collectors that this machine brings its events to, by themselves. @throws Error for a file that cannot be read, AtelierError `request.invalid` for what stands in it */
export async function readForwarding(stateFolder: string): Promise<readonly SubscriptionManager[]> {
  const path = join(stateFolder, forwardingFile);
  const text = await readIfThere(path);
  if (text === null) return [];
  let found: unknown;
  try {
    found = (JSON.parse(text) as { subscriptionManagers?: unknown }).subscriptionManagers;
  } catch (cause) {
    throw new Error(`${path} is no JSON: mend it, or remove it`, { cause });
  }
  if (!Array.isArray(found) || found.length > most || !found.every((one) => typeof one === 'string'))
    throw new Error(`${path} holds no list of subscription managers: mend it, or remove it`);
  return found.map(parseSubscriptionManager);
}

async function write(stateFolder: string, managers: readonly SubscriptionManager[]): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const value = { subscriptionManagers: managers.map(writeSubscriptionManager) };
  await writeDurably(join(stateFolder, forwardingFile), `${JSON.stringify(value, null, 2)}\n`);
}

/** Adds a collector, or changes how it is asked. A running agent takes it at once. */
export async function addSubscriptionManager(stateFolder: string, manager: SubscriptionManager): Promise<void> {
  const others = (await readForwarding(stateFolder)).filter((one) => one.server !== manager.server);
  if (others.length >= most) throw new Error(`there are ${most} collectors already: remove one first`);
  await write(stateFolder, [...others, manager]);
}

/** Takes a collector away; false when it was not there. */
export async function removeSubscriptionManager(stateFolder: string, server: string): Promise<boolean> {
  const all = await readForwarding(stateFolder);
  const left = all.filter((one) => one.server !== server && new URL(one.server).host !== server);
  if (left.length < all.length) await write(stateFolder, left);
  return left.length < all.length;
}
