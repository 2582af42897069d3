import type { Target } from '@atelier/domain/broker';
import type { BrokerPlugin, ClientConnection, NotifySink } from '@atelier/plugin-kit/broker';
import type { HostCalls } from './host-calls.ts';
import type { IsolatedPlugIn } from './isolated-plug-in.ts';
import type { WireConnection } from './protocol.ts';

const toWire = (connection: ClientConnection): WireConnection => {
  const { disconnectedSession, putContext, getContext, signal, ...values } = connection;
  return values;
};

/** Waits for the answer to a call of a stage; the plug-in is told when nobody waits any more. */
export async function callStage(
  plugIn: IsolatedPlugIn,
  calls: HostCalls,
  method: string,
  {
    connection,
    sink,
    next,
  }: {
    readonly connection: ClientConnection;
    readonly sink: NotifySink;
    readonly next: (() => Promise<unknown>) | null;
  },
  about: object,
): Promise<unknown> {
  const { signal } = connection;
  const call = calls.open({ connection, sink, next });
  let answered = false;
  // Told late that nobody waits, a plug-in has its chance to end its work; one that cannot hear is in a loop.
  const abort = (): void => {
    calls.close(call);
    if (answered) return;
    plugIn.notify('$/cancel', { call });
    void plugIn.checkAlive();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await plugIn.request(method, { call, connection: toWire(connection), ...about });
  } finally {
    answered = true;
    calls.close(call);
    signal.removeEventListener('abort', abort);
  }
}

/** The broker's side of each of a plug-in's methods: calls over the wire. */
export function hostMethods(
  plugIn: IsolatedPlugIn,
  calls: HostCalls,
  names: readonly (keyof BrokerPlugin)[],
): Partial<BrokerPlugin> {
  const stage = async (
    method: string,
    connection: ClientConnection,
    sink: NotifySink,
    next: (() => Promise<unknown>) | null,
    about: { readonly target?: Target; readonly candidates?: readonly Target[] },
  ): Promise<never> =>
    ((await callStage(plugIn, calls, method, { connection, sink, next }, about)) ?? undefined) as never;
  const job =
    (method: string): NonNullable<BrokerPlugin['createVirtualMachines']> =>
    async (given, sink) => {
      calls.openJob(given.id, sink);
      try {
        await plugIn.request(method, { job: given });
      } finally {
        calls.closeJob(given.id);
      }
    };
  const all: Omit<Required<BrokerPlugin>, 'name' | 'initialize' | 'terminate'> = {
    filterTargets: (connection, candidates, sink) => stage('filterTargets', connection, sink, null, { candidates }),
    getMostSuitableTarget: (connection, sink, next) => stage('getMostSuitableTarget', connection, sink, next, {}),
    queryEnvironmentForTarget: (connection, target, sink, next) =>
      stage('queryEnvironmentForTarget', connection, sink, next, { target }),
    prepareTargetForConnect: (connection, target, sink, next) =>
      stage('prepareTargetForConnect', connection, sink, next, { target }),
    notifySessionChange: (...given) => plugIn.notify('notifySessionChange', given),
    notifyTargetChange: (...given) => plugIn.notify('notifyTargetChange', given),
    notifyClientConnectionStateChange: (change, connection) =>
      plugIn.notify('notifyClientConnectionStateChange', [change, toWire(connection as ClientConnection)]),
    createVirtualMachines: job('createVirtualMachines'),
    patchVirtualMachines: job('patchVirtualMachines'),
    deleteVirtualMachines: job('deleteVirtualMachines'),
    cancelJob: async (jobId) => void (await plugIn.request('cancelJob', [jobId])),
    initializeTaskPlugin: async (sink) => {
      calls.taskSink = sink;
      await plugIn.request('initializeTaskPlugin', []);
    },
    setTaskQueue: async (...given) => void (await plugIn.request('setTaskQueue', given)),
  };
  return Object.fromEntries(names.map((name) => [name, all[name as keyof typeof all]]));
}
