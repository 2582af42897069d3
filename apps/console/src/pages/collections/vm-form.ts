import { formatSpareRange, parseSpareRange, vmSettingsOf } from '@atelier/api';

export type Vm = Readonly<Record<string, unknown>>;

/** Whether targets of this kind may be machines that the broker makes. */
export const mayBeMade = (kind: string): boolean => kind === 'pooled-vms' || kind === 'personal-vms';

/** Whether the broker makes the machines: a plug-in’s settings have no image. */
export const isMade = (vm: Vm): boolean => 'image' in vm;

/** What the machines of a new collection begin with; the contract has the same defaults. */
export const usualVm: Vm = {
  image: '',
  channel: 'stable',
  environments: [],
  size: 10,
  spares: [],
  otherwise: 1,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
  memoryMiB: 2048,
  cpus: 2,
  afterUse: 'revert',
  hardware: 'virtio',
};

/** The ranges of spare machines as lines. */
export const spareLines = (vm: Vm): string => (vmSettingsOf(vm)?.spares ?? []).map(formatSpareRange).join('\n');

/** The ranges that lines say, or the first line that says none. */
export function readSpareLines(text: string) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const ranges = lines.map(parseSpareRange);
  const at = ranges.indexOf(null);
  return at < 0 ? { spares: ranges.filter((one) => one !== null) } : { wrong: lines[at]!.trim() };
}
