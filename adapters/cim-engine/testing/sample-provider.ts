import type { CimInstance, CimValue } from '@atelier/cim';
import type { CimChange, CimProvider, OperationContext } from '@atelier/plugin-kit';

const one = (className: string, values: Readonly<Record<string, CimValue>>): CimInstance => ({
  kind: 'instance',
  className,
  values,
});

/** A context for calls in tests. */
export const testContext = (signal: AbortSignal = new AbortController().signal): OperationContext => ({
  user: { name: 'ada', account: null, administrator: true },
  clientAddress: '127.0.0.1',
  signal,
  deadline: Date.now() + 60_000,
  locales: [],
  options: [],
  activityId: 'test',
});

/** A namespace with a family of classes, an association, methods, and a stock of services that tests change. */
export interface SampleProvider {
  readonly provider: CimProvider;
  readonly services: Map<string, CimInstance>;
  /** How many instances `T_Many` has been asked for. */
  readonly drawn: { count: number };
}

export const service = (name: string, state = 'Running'): CimInstance =>
  one('T_Service', { Name: name, State: state, ProcessId: name.length, Started: state === 'Running' });

/** Makes the provider. `changes`, when given, makes T_Log a source that watches. */
export function sampleProvider(changes?: AsyncIterable<CimChange>): SampleProvider {
  const services = new Map(['ssh', 'cron', 'dbus'].map((name) => [name, service(name)]));
  const drawn = { count: 0 };
  const provider: CimProvider = {
    name: 'Sample',
    namespace: 'root/cimv2',
    classes: [
      { name: 'CIM_Service', abstract: true, properties: [{ name: 'Name', type: 'string', key: true }] },
      {
        name: 'T_Service',
        superclass: 'CIM_Service',
        properties: [
          { name: 'State', type: 'string', writable: true },
          { name: 'ProcessId', type: 'uint32' },
          { name: 'Started', type: 'boolean' },
        ],
        methods: [
          { name: 'StopService', returns: 'uint32', parameters: [] },
          {
            name: 'Create',
            returns: 'uint32',
            static: true,
            parameters: [
              { name: 'Name', type: 'string', direction: 'in', required: true },
              { name: 'Count', type: 'uint8', direction: 'in' },
              { name: 'Made', type: 'string', direction: 'out' },
            ],
          },
          { name: 'Break', returns: 'uint32', static: true, parameters: [] },
        ],
      },
      { name: 'T_Driver', superclass: 'CIM_Service', properties: [{ name: 'Bus', type: 'string' }] },
      {
        name: 'T_Many',
        properties: [
          { name: 'Id', type: 'uint32', key: true },
          { name: 'Text', type: 'string' },
        ],
      },
      { name: 'T_Only', singleton: true, properties: [{ name: 'Level', type: 'uint8', writable: true }] },
      { name: 'T_Log', properties: [{ name: 'Id', type: 'uint32', key: true }] },
      {
        name: 'T_Depends',
        association: true,
        properties: [
          { name: 'Antecedent', type: 'reference', className: 'CIM_Service', key: true },
          { name: 'Dependent', type: 'reference', className: 'CIM_Service', key: true },
        ],
      },
    ],
    sources: {
      T_Service: {
        list: () => services.values(),
        put: async (instance, changed) => {
          const after = { ...instance, values: { ...instance.values, ...changed } };
          services.set(String(instance.values.Name), after);
          return after;
        },
        create: async (values) => {
          const made = one('T_Service', values);
          services.set(String(values.Name), made);
          return made;
        },
        delete: async (instance) => {
          services.delete(String(instance.values.Name));
        },
        invoke: async (method, instance, input): Promise<Record<string, CimValue>> => {
          if (method === 'Break') throw new Error('secret words of the provider');
          if (instance) return { ReturnValue: instance.values.State === 'Running' ? 0 : 5 };
          return { ReturnValue: 0, Made: `${input.Name}/${input.Count ?? '-'}` };
        },
      },
      T_Driver: { list: () => [one('T_Driver', { Name: 'e1000', Bus: 'pci' })] },
      T_Many: {
        list: function* () {
          for (let id = 0; id < 10_000; id++) {
            drawn.count++;
            yield one('T_Many', { Id: id, Text: `number ${id}` });
          }
        },
      },
      T_Only: { list: () => [one('T_Only', { Level: 3 })] },
      T_Log: { list: () => [], ...(changes ? { watch: () => changes } : {}) },
      T_Depends: {
        list: () => [
          one('T_Depends', {
            Antecedent: { kind: 'reference', className: 'T_Service', keys: { Name: 'DBUS' } },
            Dependent: { kind: 'reference', className: 'T_Service', keys: { Name: 'ssh' } },
          }),
          one('T_Depends', {
            Antecedent: { kind: 'reference', className: 'T_Driver', keys: { Name: 'e1000' } },
            Dependent: { kind: 'reference', className: 'T_Service', keys: { Name: 'ssh' } },
          }),
        ],
      },
    },
  };
  return { provider, services, drawn };
}
