import type { Image, ImageVersion } from '@atelier/api';
import { formatBytes, formatTime } from '../../output/format-value.ts';
import type { Column } from '../../output/output.ts';

export const imageColumns: readonly Column<Image>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'latest', value: (one) => one.latestVersion },
  { title: 'versions', value: (one) => one.versionCount },
  { title: 'channels', value: (one) => one.channels.map((channel) => `${channel.name} → ${channel.version}`) },
  { title: 'os', value: (one) => one.os, wide: true },
  { title: 'capabilities', value: (one) => one.capabilities, wide: true },
  { title: 'encrypted', value: (one) => one.encryption?.keyId ?? 'no', wide: true },
  { title: 'description', value: (one) => one.description, wide: true },
  { title: 'created', value: (one) => formatTime(one.createdAt), wide: true },
];

export const versionColumns: readonly Column<ImageVersion>[] = [
  { title: 'image', value: (one) => one.image },
  { title: 'version', value: (one) => one.number },
  { title: 'state', value: (one) => one.state },
  { title: 'disk', value: (one) => formatBytes(one.diskBytes) },
  { title: 'packed', value: (one) => formatBytes(one.packedBytes) },
  { title: 'channels', value: (one) => one.channels },
  { title: 'created', value: (one) => formatTime(one.createdAt), wide: true },
  { title: 'by', value: (one) => one.createdBy, wide: true },
  {
    title: 'delta',
    value: (one) => Object.entries(one.deltaBytes).map(([from, size]) => `from ${from}: ${formatBytes(size)}`),
    wide: true,
  },
  { title: 'notes', value: (one) => one.notes, wide: true },
  { title: 'error', value: (one) => one.error, wide: true },
];

export const versionName = (one: ImageVersion): string => `${one.image}/${one.number}`;
