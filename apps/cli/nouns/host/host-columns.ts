import type { HostView } from '@atelier/api';
import { formatBytes, formatTime } from '../../output/format-value.ts';
import type { Column } from '../../output/output.ts';

const gibibytes = (one: HostView) => (one.facts?.memoryBytes ? formatBytes(one.facts.memoryBytes) : null);

const eventFlows: Readonly<Record<HostView['events']['flow'], string>> = {
  off: 'not collected',
  waiting: 'waiting for the host',
  server: 'a server pulls them',
  host: 'the host brings them',
  silent: 'the host brought them, and has fallen silent',
};

export const hostColumns: readonly Column<HostView>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'state', value: (one) => one.state },
  { title: 'health', value: (one) => one.health.level },
  { title: 'system', value: (one) => one.facts?.osCaption },
  { title: 'last answer', value: (one) => formatTime(one.reachedAt) },
  { title: 'address', value: (one) => one.address, wide: true },
  { title: 'labels', value: (one) => one.labels.join(', '), wide: true },
  { title: 'id', value: (one) => one.id, wide: true },
];

export const hostDetails: readonly Column<HostView>[] = [
  ...hostColumns,
  { title: 'why', value: (one) => one.stateDetail || null },
  { title: 'findings', value: (one) => one.health.findings.map((finding) => finding.text).join('; ') || null },
  {
    title: 'signs in by',
    value: (one) => ('user' in one.signIn ? `${one.signIn.kind}, ${one.signIn.user}` : one.signIn.kind),
  },
  { title: 'trusts', value: (one) => (one.trust.kind === 'fingerprint' ? one.trust.sha256 : one.trust.kind) },
  { title: 'product', value: (one) => one.product },
  { title: 'machine', value: (one) => [one.facts?.manufacturer, one.facts?.model].filter(Boolean).join(' ') || null },
  { title: 'processors', value: (one) => one.facts?.processors },
  { title: 'memory', value: gibibytes },
  { title: 'started', value: (one) => formatTime(one.facts?.startedAt ?? null) },
  { title: 'events', value: (one) => eventFlows[one.events.flow] },
  { title: 'events heard', value: (one) => formatTime(one.events.heardAt) },
];
