import type { CollectionView } from '@atelier/api';
import { formatSpareRange, parseSpareRange, type VmSettings, vmSettingsOf } from '@atelier/domain/broker';
import { type Invocation, texts } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { Option } from '../command/verb.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import type { Column } from '../output/output.ts';

const follow = (typed: string): number | null => (typed === 'follow' ? null : wholeNumber(1)(typed));

/** How the broker makes the virtual machines of a collection. */
export const vmOptions: readonly Option[] = [
  { flags: '--vm-image <image>', summary: 'the image that its machines are made of', completes: 'image' },
  { flags: '--vm-channel <name>', summary: 'the channel whose version they follow (stable)' },
  {
    flags: '--vm-version <number>',
    summary: 'stay at this version; "follow" goes with the channel again',
    parse: follow,
  },
  {
    flags: '--vm-environment <name>',
    summary: 'where they may run; once for each',
    repeat: true,
    completes: 'environment',
  },
  { flags: '--vm-size <count>', summary: 'machines at most', parse: wholeNumber(1) },
  {
    flags: '--vm-spares <range>',
    summary:
      'machines that run and wait: "DAYS FROM-TO COUNT", as in "mon-fri 07:00-18:00 5" or "daily 06:00-20:00 2"; once for each, or none',
    repeat: true,
  },
  { flags: '--vm-otherwise <count>', summary: 'machines that wait at all other times (0)', parse: wholeNumber() },
  { flags: '--vm-time-zone <zone>', summary: 'whose clock the ranges mean, such as Europe/Berlin (UTC)' },
  { flags: '--vm-memory <MiB>', summary: 'memory of each (2048)', parse: wholeNumber(64) },
  { flags: '--vm-cpus <count>', summary: 'processors of each (2)', parse: wholeNumber(1) },
  {
    flags: '--vm-after-use <what>',
    summary: 'pooled ones after log-off: revert gives a new disk, destroy makes another machine',
    choices: ['revert', 'destroy'],
  },
  {
    flags: '--vm-hardware <kind>',
    summary: 'plain is for guests without virtio drivers',
    choices: ['virtio', 'plain'],
  },
  { flags: '--no-vm', summary: 'the broker makes no machines for it any more' },
];

const names = {
  vmImage: 'image',
  vmChannel: 'channel',
  vmSize: 'size',
  vmOtherwise: 'otherwise',
  vmTimeZone: 'timeZone',
  vmMemory: 'memoryMiB',
  vmCpus: 'cpus',
  vmAfterUse: 'afterUse',
  vmHardware: 'hardware',
} as const;

function sparesOf(typed: readonly string[]) {
  if (typed.length === 1 && typed[0] === 'none') return [];
  return typed.map((one) => {
    const range = parseSpareRange(one);
    if (range) return range;
    throw usageFailure(
      `${JSON.stringify(one)} says no range`,
      'give DAYS FROM-TO COUNT, such as "mon-fri 07:00-18:00 5", "sat,sun 22:00-02:00 1" or "daily 00:00-24:00 2"',
    );
  });
}

/** What the options make of the settings that a collection has; undefined when none was given. */
export function vmOf(call: Invocation, before: CollectionView['vm'] = {}): { vm: Record<string, unknown> } | undefined {
  // `--no-vm` makes commander set `vm` to false.
  if (call.options.vm === false) return { vm: {} };
  const given = Object.entries(names).flatMap(([option, field]) =>
    call.options[option] === undefined ? [] : [[field, call.options[option]] as const],
  );
  const [environments, spares] = [texts(call, 'vmEnvironment'), texts(call, 'vmSpares')];
  const version = call.options.vmVersion as number | null | undefined;
  if (given.length === 0 && environments.length === 0 && spares.length === 0 && version === undefined) return undefined;
  const vm: Record<string, unknown> = {
    ...before,
    ...Object.fromEntries(given),
    ...(environments.length > 0 ? { environments } : {}),
    ...(spares.length > 0 ? { spares: sparesOf(spares) } : {}),
    ...(version === undefined || version === null ? {} : { version }),
  };
  if (version === null) delete vm.version;
  if (!('image' in vm)) throw usageFailure('it is not said what the machines are made of', 'add --vm-image IMAGE');
  if (!('environments' in vm))
    throw usageFailure(
      'it is not said where the machines run',
      'add --vm-environment NAME; see "atelier environment ls"',
    );
  if (!('size' in vm)) throw usageFailure('it is not said how many machines there may be', 'add --vm-size COUNT');
  return { vm };
}

const of =
  (value: (vm: VmSettings) => unknown) =>
  ({ vm }: CollectionView): unknown => {
    const settings = vmSettingsOf(vm);
    return settings && value(settings);
  };

/** The same for people; without machines of its own a collection shows none of it. */
export const vmColumns: readonly Column<CollectionView>[] = [
  {
    title: 'machines of',
    value: of(({ image, channel, version }) =>
      version ? `${image}, version ${version}` : `${image}, channel ${channel}`,
    ),
  },
  { title: 'machines at most', value: of((vm) => vm.size) },
  { title: 'machines run on', value: of((vm) => vm.environments.join(', ')) },
  {
    title: 'machines that wait',
    value: of((vm) =>
      [
        ...vm.spares.map(formatSpareRange),
        `otherwise ${vm.otherwise}`,
        ...(vm.spares.length > 0 ? [vm.timeZone] : []),
      ].join('; '),
    ),
  },
  {
    title: 'each machine',
    value: of((vm) => `${vm.memoryMiB} MiB, ${vm.cpus} processors${vm.hardware === 'plain' ? ', plain hardware' : ''}`),
  },
  { title: 'after log-off', value: of((vm) => vm.afterUse) },
];
