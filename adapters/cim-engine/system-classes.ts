import type { CimClass, CimProperty } from '@atelier/cim';

const target: CimProperty = { name: 'TargetInstance', type: 'instance' };
const event = (name: string, superclass: string, properties: readonly CimProperty[] = []): CimClass => ({
  name,
  superclass,
  properties,
});

/** Classes that every namespace has: namespaces below it, and events of its instances. */
export const systemClasses: readonly CimClass[] = [
  { name: '__SystemClass', abstract: true, properties: [] },
  { name: '__Namespace', superclass: '__SystemClass', properties: [{ name: 'Name', type: 'string', key: true }] },
  {
    name: '__Event',
    superclass: '__SystemClass',
    abstract: true,
    properties: [
      { name: 'SECURITY_DESCRIPTOR', type: 'uint8', array: true },
      { name: 'TIME_CREATED', type: 'uint64', units: '100 nanoseconds since 1601' },
    ],
  },
  event('__ExtrinsicEvent', '__Event'),
  event('__InstanceOperationEvent', '__Event', [target]),
  event('__InstanceCreationEvent', '__InstanceOperationEvent'),
  event('__InstanceDeletionEvent', '__InstanceOperationEvent'),
  event('__InstanceModificationEvent', '__InstanceOperationEvent', [{ name: 'PreviousInstance', type: 'instance' }]),
  {
    name: '__AggregateEvent',
    superclass: '__SystemClass',
    properties: [
      { name: 'NumberOfEvents', type: 'uint32' },
      { name: 'Representative', type: 'instance' },
    ],
  },
];
