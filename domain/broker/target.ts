import { z } from 'zod';
import type { TargetState } from './target-state.ts';

/** What a target is. */
export const targetKindSchema = z.enum(['session-host', 'virtual-machine', 'virtual-desktop', 'blade', 'physical-pc']);
export type TargetKind = z.infer<typeof targetKindSchema>;

/** A name in DNS or an IP address: what goes to clients and into look-ups holds nothing else. */
const hostAddress = z
  .string()
  .max(253)
  .regex(
    /^(?:[\p{L}\p{N}_][\p{L}\p{N}_.-]*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]{1,15})?)$/u,
    'is no name of a host and no ip address',
  );

/** Where a target listens for RDP. */
export const targetEndpointSchema = z.object({
  address: hostAddress,
  port: z.number().int().min(1).max(65_535).default(3389),
});
export type TargetEndpoint = z.infer<typeof targetEndpointSchema>;

/** Small values that plug-ins and administrators keep with an object (ITsSbPropertySet). */
export const propertiesSchema = z.record(
  z.string().min(1).max(200),
  z.union([z.string().max(4000), z.number(), z.boolean()]),
);
export type Properties = Readonly<z.infer<typeof propertiesSchema>>;

/** Something a person can be connected to (ITsSbTarget). */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: TargetKind;
  /** Name of its collection (the API's FarmName). */
  readonly collection: string;
  /** Who keeps it: `atelier`, or the name of the plug-in that added it. Only its keeper changes it. */
  readonly provider: string;
  /** Name of the environment that it runs in (the physical host of a VM); '' for none. */
  readonly environment: string;
  readonly fqdn: string | null;
  readonly netbios: string | null;
  readonly endpoints: readonly TargetEndpoint[];
  readonly state: TargetState;
  /** Takes no new sessions; those that are there stay and can be reconnected. */
  readonly drain: boolean;
  /** 1 to 10,000, relative: 200 gets twice as many sessions as 100. */
  readonly weight: number;
  readonly maxSessions: number | null;
  readonly singleSession: boolean;
  /** Sessions that are active or disconnected; kept by the broker. */
  readonly numSessions: number;
  /** Sessions that are still connecting. */
  readonly numPendingConnections: number;
  /** Whose it is, for personal ones. */
  readonly owner: string | null;
  readonly properties: Properties;
  /** Grows with every change that a person or plug-in makes: compare it when saving. */
  readonly version: number;
}
