// The thread of one plug-in: loads its module, and answers the broker. Imports nothing heavy, since every plug-in's thread loads it.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { BrokerPlugin, CreatePlugin, CreatePolicyPlugin } from '@atelier/plugin-kit/broker';
import { fromPolicyPlugin } from '../from-policy-plugin.ts';
import { GuestCalls } from './guest-calls.ts';
import { type GuestLocks, guestProvider } from './guest-provider.ts';
import {
  type CandidatesParams,
  type FilterPagesParams,
  type InitializeParams,
  type InitializeResult,
  type JobParams,
  jobMethodNames,
  methodNames,
  notificationNames,
  type StageParams,
  stageMethodNames,
} from './protocol.ts';
import { RpcPeer, unknownMethod } from './rpc-peer.ts';

const port = parentPort;
if (!port) throw new Error('this module is the entry of a thread');
const { module, name } = workerData as { readonly module: string; readonly name: string };
const locks: GuestLocks = new Map();
let plugin: BrokerPlugin | null = null;
let calls: GuestCalls | null = null;

const among = (names: readonly string[], name: string): boolean => names.includes(name);

async function initialize(params: InitializeParams): Promise<InitializeResult> {
  const { createPlugin, createPolicyPlugin } = (await import(pathToFileURL(module).href)) as {
    readonly createPlugin?: CreatePlugin;
    readonly createPolicyPlugin?: CreatePolicyPlugin;
  };
  let made: BrokerPlugin;
  if (typeof createPlugin === 'function') made = await createPlugin(params.settings);
  else if (typeof createPolicyPlugin === 'function')
    made = fromPolicyPlugin(name, await createPolicyPlugin(params.settings));
  else throw new Error(`${module} exports neither createPlugin nor createPolicyPlugin`);
  if (typeof made !== 'object' || made === null) throw new Error('createPlugin gave no object');
  plugin = made;
  calls = new GuestCalls(peer, made, locks);
  await made.initialize?.(guestProvider(peer, locks, params));
  return {
    keepsCandidates: true,
    methods: methodNames.filter((name) => typeof (made as unknown as Record<string, unknown>)[name] === 'function'),
  };
}

async function handle(method: string, params: unknown): Promise<unknown> {
  if (method === 'ping') return true;
  if (method === 'initialize') return await initialize(params as InitializeParams);
  if (!calls) throw new Error('initialize comes first');
  if (among(stageMethodNames, method)) return await calls.stage(method, params as StageParams);
  if (method === 'filterPages') return await calls.filterPages(params as FilterPagesParams);
  if (method === '$/candidates') return calls.candidates.take(params as CandidatesParams);
  if (method === '$/forgetCandidates') return calls.candidates.forget((params as { readonly pages: number[] }).pages);
  if (method === '$/cancel') return calls.cancel((params as { readonly call: number }).call);
  if (among(notificationNames, method)) return void (await calls.plain(method, params as readonly unknown[]));
  if (among(jobMethodNames, method)) return await calls.job(method, params as JobParams);
  if (method === 'initializeTaskPlugin') return await calls.initializeTasks();
  if (method === 'setTaskQueue' || method === 'cancelJob')
    return await calls.plain(method, params as readonly unknown[]);
  if (method === 'lockLost') {
    const [lock] = params as readonly [number];
    locks.get(lock)?.abort(new Error('the lock was lost'));
    locks.delete(lock);
    return null;
  }
  if (method === 'terminate') return await plugin?.terminate?.();
  throw unknownMethod(method);
}

const peer = new RpcPeer({ send: (message) => port.postMessage(message), handle, mostWaiting: 10_000 });
port.on('message', (message) => peer.receive(message));
