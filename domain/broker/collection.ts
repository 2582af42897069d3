import { z } from 'zod';

/** RD_FARM_TYPE of sessdirpublictypes.idl, in the product's words, and what else there is. */
export const collectionKindSchema = z.enum([
  'session-hosts',
  'pooled-vms',
  'personal-vms',
  'personal-session-hosts',
  'physical-pcs',
  'blades',
]);
export type CollectionKind = z.infer<typeof collectionKindSchema>;

/** How a client gets from the broker to its target: it returns to us with a routing token, or dials the target's name itself. */
export const redirectModeSchema = z.enum(['token', 'direct']);
export type RedirectMode = z.infer<typeof redirectModeSchema>;

/** What a person signs in to the target with: what they typed, or a password for one use that the host's agent or PAM knows. */
export const targetSignInSchema = z.enum(['same-password', 'single-use-password']);
export type TargetSignIn = z.infer<typeof targetSignInSchema>;

export const loadBalancingSchema = z.enum(['least-connections', 'round-robin']);
export type LoadBalancingMethod = z.infer<typeof loadBalancingSchema>;

/** Targets that serve one purpose, with one load-balancing chain. */
export interface Collection {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: CollectionKind;
  readonly redirectMode: RedirectMode;
  readonly targetSignIn: TargetSignIn;
  readonly loadBalancing: LoadBalancingMethod;
  /** How many sessions one pending connection counts for; 1 to 100. */
  readonly pendingPenalty: number;
  /** Seconds that a connection may be pending, from the decision to the log-on. */
  readonly pendingSeconds: number;
  /** Seconds that a target may take to start. */
  readonly startSeconds: number;
  readonly enabled: boolean;
}
