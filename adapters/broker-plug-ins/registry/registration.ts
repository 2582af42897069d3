import type { Stage } from '@atelier/plugin-kit/broker';
import type { PlugInManifest } from './plug-in-manifest.ts';

/** How a plug-in takes part: what its manifest says, or what an administrator said over it. */
export interface Registration {
  readonly name: string;
  /** Its folder; `atelier` for one that comes with the broker. */
  readonly source: string;
  readonly provider: string;
  readonly priority: number;
  readonly enabled: boolean;
  /** Null: all. */
  readonly collections: readonly string[] | null;
  readonly budgets: Readonly<Record<string, number>>;
  readonly onFailure: 'continue' | 'fail-connection';
  readonly allowExternal: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const registrationOf = (manifest: PlugInManifest, folder: string): Registration => ({
  name: manifest.name,
  source: folder,
  provider: manifest.provider ?? manifest.name,
  priority: manifest.priority,
  enabled: manifest.enabled,
  collections: manifest.collections ?? null,
  budgets: manifest.budgets,
  onFailure: manifest.onFailure,
  allowExternal: manifest.allowExternal,
  settings: manifest.settings,
});

/** What is said over a registration; values that are not set leave it as it is. */
export function over(registration: Registration, said: Partial<Registration>): Registration {
  const set = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...registration, ...Object.fromEntries(set), name: registration.name, source: registration.source };
}

/** The part of a chain's plug-in that a registration says. */
export const partOf = ({ provider, priority, collections, budgets, onFailure, allowExternal }: Registration) => ({
  provider,
  priority,
  collections,
  budgets: budgets as Partial<Record<Stage, number>>,
  onFailure,
  allowExternal,
});
