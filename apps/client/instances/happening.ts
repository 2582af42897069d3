import type { GrantedWorkspace } from '@atelier/domain/workspaces';
import type { InstanceError, MachineShape } from './instance-record.ts';

/** Everything that can happen to an instance: what people ask for, what work reports, what the server decides. */
export type Happening =
  // The server
  | { readonly kind: 'granted'; readonly granted: GrantedWorkspace; readonly userName: string }
  | { readonly kind: 'unlisted' }
  // People
  | {
      readonly kind: 'fetch-asked';
      readonly version: number;
      readonly thenStart?: boolean;
      /** `policy` for what nobody waits for. */
      readonly by: 'person' | 'policy';
      /** Milliseconds since 1970. */
      readonly at: number;
    }
  | { readonly kind: 'pause-asked' }
  | { readonly kind: 'start-asked' }
  | { readonly kind: 'start-refused'; readonly error: InstanceError }
  | { readonly kind: 'stop-asked' }
  | { readonly kind: 'restart-asked' }
  | { readonly kind: 'lock-asked'; readonly why: string }
  | { readonly kind: 'unlocked' }
  | { readonly kind: 'revert-asked' }
  | { readonly kind: 'reset-asked' }
  | { readonly kind: 'switch-asked'; readonly version: number; readonly wanted: number | null }
  | { readonly kind: 'delete-asked'; readonly why: string }
  // Work
  | {
      readonly kind: 'fetched';
      readonly version: number;
      readonly detail: string;
      readonly data: Record<string, unknown>;
    }
  | {
      readonly kind: 'fetch-failed';
      readonly error: InstanceError;
      readonly final: boolean;
      readonly event: 'image.transfer-failed' | 'image.verify-failed' | 'image.disk-space-low';
    }
  | { readonly kind: 'fetch-waits'; readonly because: string; readonly until: string | null }
  | { readonly kind: 'fetch-goes-on' }
  | { readonly kind: 'fetch-reported'; readonly detail: string; readonly data: Record<string, unknown> }
  | { readonly kind: 'staged-locally'; readonly version: number }
  | { readonly kind: 'start-blocked'; readonly error: InstanceError }
  | { readonly kind: 'activated'; readonly version: number }
  | { readonly kind: 'start-failed'; readonly error: InstanceError }
  | { readonly kind: 'guest-silent'; readonly error: InstanceError }
  | { readonly kind: 'started'; readonly at: string; readonly shape: MachineShape }
  | { readonly kind: 'taken-over' }
  | { readonly kind: 'machine-died'; readonly error: InstanceError }
  | { readonly kind: 'machine-stopped' }
  | { readonly kind: 'machine-suspended' }
  | { readonly kind: 'stop-failed'; readonly error: InstanceError }
  | { readonly kind: 'reverted' }
  | { readonly kind: 'discard-failed'; readonly error: InstanceError }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'version-missing'; readonly version: number };
