import type { TargetKind, TargetView } from '@atelier/api';
import { formatProperties, parseProperties } from '../../components/properties.ts';
import { formatAddress, parseAddress } from './target-address.ts';

/** What the form of a target holds, as its fields show it. */
export interface TargetForm extends Record<string, unknown> {
  readonly name: string;
  readonly kind: TargetKind;
  readonly addresses: readonly string[];
  readonly up: boolean;
  readonly weight: number;
  readonly maxSessions: number | null;
  readonly singleSession: boolean;
  readonly hostId: string | null;
  readonly ownerId: string | null;
  readonly fqdn: string;
  readonly netbios: string;
  readonly environment: string;
  readonly properties: string;
}

export const emptyTarget: TargetForm = {
  name: '',
  kind: 'session-host',
  addresses: [],
  up: true,
  weight: 100,
  maxSessions: null,
  singleSession: false,
  hostId: null,
  ownerId: null,
  fqdn: '',
  netbios: '',
  environment: '',
  properties: '',
};

/** A target as its form shows it. */
export const formOf = (one: TargetView): TargetForm => ({
  name: one.name,
  kind: one.kind,
  addresses: one.endpoints.map(formatAddress),
  up: one.state === 'running',
  weight: one.weight,
  maxSessions: one.maxSessions,
  singleSession: one.singleSession,
  hostId: one.hostId,
  ownerId: one.owner?.id ?? null,
  fqdn: one.fqdn ?? '',
  netbios: one.netbios ?? '',
  environment: one.environment,
  properties: formatProperties(one.properties),
});

/** What the form says, as the contract has it; or the field that cannot be read, with its text. */
export function bodyOf(form: TargetForm) {
  const endpoints = form.addresses.map(parseAddress);
  const at = endpoints.indexOf(null);
  if (at >= 0) return { wrong: 'addresses', text: form.addresses[at]! } as const;
  const read = parseProperties(form.properties);
  if ('wrong' in read) return { wrong: 'properties', text: read.wrong } as const;
  const { name, weight, maxSessions, singleSession, hostId, ownerId, environment } = form;
  return {
    body: {
      name,
      endpoints: endpoints.filter((one) => one !== null),
      weight,
      maxSessions,
      singleSession,
      hostId,
      ownerId,
      fqdn: form.fqdn || null,
      netbios: form.netbios || null,
      environment,
      properties: read.properties,
    },
  };
}
export type TargetBody = Extract<ReturnType<typeof bodyOf>, { body: unknown }>['body'];

/** The usual kind of target in a collection of this kind. */
export const usualKind = (kind: string): TargetKind =>
  kind === 'physical-pcs'
    ? 'physical-pc'
    : kind === 'blades'
      ? 'blade'
      : kind.endsWith('vms')
        ? 'virtual-machine'
        : 'session-host';
