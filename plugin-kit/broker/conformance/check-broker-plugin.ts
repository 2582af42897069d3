import type { Target } from '@atelier/domain/broker';
import type { z } from 'zod';
import { type BrokerPlugin, type Stage, stageMethods, stages } from '../src/broker-plugin.ts';
import type { ClientConnection } from '../src/client-connection.ts';
import type { Provider } from '../src/provider.ts';
import {
  environmentSchema,
  loadBalanceResultSchema,
  preparedTargetSchema,
  removedTargetsSchema,
} from '../src/result-schemas.ts';
import { isSbError, SbError } from '../src/sb-error.ts';
import type { BrokerFinding } from './finding.ts';
import { createMemoryStore, memoryProvider } from './memory-provider.ts';
import { sampleConnection } from './sample-connection.ts';
import { sampleTarget } from './sample-target.ts';
import { late, within } from './within.ts';

export interface BrokerConformanceOptions {
  /** Targets of the collection `office`; five usual ones unless they are given. */
  readonly targets?: readonly Target[];
  /** What the plug-in is initialised with; one over memory unless it is given. Null: it is initialised already. */
  readonly provider?: Provider | null;
  /** Milliseconds that a step may take, and that it may go on after it was aborted. */
  readonly patience?: number;
}

const usualTargets: readonly Target[] = [
  sampleTarget('host-1'),
  sampleTarget('host-2', { numSessions: 7, weight: 200, properties: { site: 'berlin' } }),
  sampleTarget('vm-3', { kind: 'virtual-machine', state: 'stopped', endpoints: [], environment: 'blade-1' }),
  sampleTarget('host-4', { drain: true }),
  sampleTarget('ünïcode-5', { fqdn: null, endpoints: [{ address: '2001:db8::5', port: 3390 }] }),
];

const people: readonly Partial<ClientConnection>[] = [
  {},
  { user: 'zoë', domain: '', samUserAccount: 'zoë', isFirstAssignment: true },
  {
    client: {
      name: '',
      address: '2001:db8::17',
      build: 0,
      tsvUrl: 'tsv://x',
      display: { width: 1, height: 1, depth: 8 },
    },
  },
  { initialProgram: '||calc', properties: { ConnectionRequestProtocolType: 'RDP' }, groupIds: ['g1', 'g2'] },
];

const schemas: Readonly<Record<Stage, z.ZodType>> = {
  filter: removedTargetsSchema,
  'load-balancing': loadBalanceResultSchema,
  placement: environmentSchema,
  orchestration: preparedTargetSchema,
};

const provisioningMethods = [
  'createVirtualMachines',
  'patchVirtualMachines',
  'deleteVirtualMachines',
  'cancelJob',
] as const;

const known = new Set<string>([
  'name',
  'initialize',
  'terminate',
  'initializeTaskPlugin',
  'setTaskQueue',
  'notifySessionChange',
  'notifyTargetChange',
  'notifyClientConnectionStateChange',
  ...provisioningMethods,
  ...Object.values(stageMethods),
]);

const sink = { report: () => undefined };
const belowOf: Readonly<Record<Stage, (target: Target) => unknown>> = {
  filter: () => [],
  'load-balancing': (target) => ({ targetName: target.name, isNewConnection: true }),
  placement: () => ({ name: '', serverWeight: 100, properties: {} }),
  orchestration: (target) => ({ targetName: target.name, endpoints: [{ address: '192.0.2.77', port: 3389 }] }),
};

/** Calls a stage's method as the broker does. */
function call(
  plugin: BrokerPlugin,
  stage: Stage,
  connection: ClientConnection,
  about: { readonly target: Target; readonly all: readonly Target[]; readonly next: () => Promise<unknown> },
): Promise<unknown> {
  const next = about.next as () => Promise<never>;
  return (async () => {
    switch (stage) {
      case 'filter':
        return await plugin.filterTargets?.(connection, about.all, sink);
      case 'load-balancing':
        return await plugin.getMostSuitableTarget?.(connection, sink, next);
      case 'placement':
        return await plugin.queryEnvironmentForTarget?.(connection, about.target, sink, next);
      case 'orchestration':
        return await plugin.prepareTargetForConnect?.(connection, about.target, sink, next);
    }
  })();
}

type Say = (severity: BrokerFinding['severity'], message: string) => void;

function checkValue(stage: Stage, value: unknown, target: Target, all: readonly Target[], say: Say): void {
  if (value === undefined || value === null) return;
  const parsed = schemas[stage].safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    say('error', `gives what is no result: ${issue?.path.join('.') || 'value'}: ${issue?.message}`);
    return;
  }
  const names = new Set(all.map((one) => one.name));
  const named = (stage === 'filter' ? value : [value]) as readonly {
    readonly targetName: string;
    readonly external?: unknown;
  }[];
  if (stage === 'placement') return;
  for (const { targetName, external } of named) {
    if (external === undefined && !names.has(targetName))
      say('error', `names the target ${targetName}, which there is not`);
    else if (stage === 'orchestration' && targetName !== target.name)
      say('error', `prepares ${targetName} in place of ${target.name}`);
    else if (stage === 'load-balancing' && all.find((one) => one.name === targetName)?.drain)
      say('error', `sends new sessions to ${targetName}, which is drained`);
  }
}

async function checkStage(plugin: BrokerPlugin, stage: Stage, targets: readonly Target[], patience: number, say: Say) {
  for (const person of people)
    for (const target of targets.slice(0, 3)) {
      const about = { target, all: targets, next: async () => belowOf[stage](target) };
      try {
        const value = await within(call(plugin, stage, sampleConnection(person), about), patience);
        if (value === late) {
          say('error', `takes more than ${patience} ms`);
          return;
        }
        checkValue(stage, value, target, targets, say);
      } catch (error) {
        if (!isSbError(error)) say('error', `throws: ${(error as Error)?.message ?? String(error)}`);
      }
    }
  const target = targets[0] ?? sampleTarget('none');
  const nothing = async (): Promise<never> => {
    throw new SbError('no-target', 'nobody found one');
  };
  // Anything but going on for ever will do: it may let the error through.
  const refused = call(plugin, stage, sampleConnection(), { target, all: [], next: nothing }).catch(() => undefined);
  if ((await within(refused, patience)) === late)
    say('error', `takes more than ${patience} ms when there is nothing to choose from`);
  const cancel = new AbortController();
  const waiting = call(plugin, stage, sampleConnection({ signal: cancel.signal }), {
    target: sampleTarget('vm-3', { state: 'stopped', endpoints: [] }),
    all: targets,
    next: () => new Promise((_, reject) => cancel.signal.addEventListener('abort', () => reject(cancel.signal.reason))),
  }).catch(() => undefined);
  await Promise.resolve();
  cancel.abort(new Error('the client has gone'));
  if ((await within(waiting, patience)) === late)
    say('warning', `goes on for more than ${patience} ms after it was aborted`);
}

/**
 * Checks a plug-in as the broker will use it: its methods, and what each stage gives for several people and targets, without candidates, and when the
 * client goes away. Its jobs and tasks are not begun: see `checkWork`. Gives all findings; none means that the plug-in is fit.
 */
export async function checkBrokerPlugin(
  plugin: BrokerPlugin,
  options: BrokerConformanceOptions = {},
): Promise<readonly BrokerFinding[]> {
  const { targets = usualTargets, patience = 2000 } = options;
  const found = new Map<string, BrokerFinding>();
  const about =
    (stage: Stage | null): Say =>
    (severity, message) => {
      found.set(`${stage} ${message}`, { severity, stage, message });
    };
  const say = about(null);
  const has = (name: string): boolean => typeof (plugin as unknown as Record<string, unknown>)[name] === 'function';
  if (typeof plugin.name !== 'string' || plugin.name === '') say('error', 'it has no name');
  for (const name of Object.keys(plugin))
    if (has(name) && !known.has(name)) say('warning', `nobody calls its method ${name}`);
  if (![...known].some((name) => name !== 'initialize' && name !== 'terminate' && has(name)))
    say('warning', 'it takes part in no stage');
  const some = provisioningMethods.filter(has);
  if (some.length > 0 && some.length < provisioningMethods.length)
    say('error', `of provisioning it has ${some.join(', ')} only: all four are needed`);
  if (has('initializeTaskPlugin') !== has('setTaskQueue'))
    say('error', 'of tasks it has one method only: initializeTaskPlugin and setTaskQueue are needed');
  const { provider = memoryProvider(createMemoryStore(targets)) } = options;
  try {
    if (provider && (await within(Promise.resolve(plugin.initialize?.(provider)), patience)) === late)
      say('error', `initialize takes more than ${patience} ms`);
    for (const stage of stages)
      if (has(stageMethods[stage])) await checkStage(plugin, stage, targets, patience, about(stage));
  } catch (error) {
    say('error', `initialize fails: ${(error as Error).message}`);
  } finally {
    if (provider && (await within(Promise.resolve(plugin.terminate?.()), patience)) === late)
      say('error', `terminate takes more than ${patience} ms`);
  }
  return [...found.values()];
}
