import type { CimInstance, CimValue } from '@atelier/cim';
import type { CimSource, ListHint, OperationContext } from '@atelier/plugin-kit';
import { associationOf, defineAssociation, defineClass, defineMethod, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { serviceMethods } from './service-methods.ts';
import { serviceNames, showUnit, showUnits, startModeOf, type Unit, unitOf } from './systemd-units.ts';

const base = defineClass({
  name: 'Win32_BaseService',
  superclass: 'CIM_Service',
  abstract: true,
  keys: 'Name',
  string: 'Name DisplayName ErrorControl PathName ServiceType StartName State',
  boolean: 'AcceptPause AcceptStop DesktopInteract',
  uint32: 'ExitCode ServiceSpecificExitCode TagId',
  methods: [
    ...['StartService', 'StopService', 'PauseService', 'ResumeService', 'InterrogateService', 'Delete'].map((name) =>
      defineMethod(name),
    ),
    defineMethod('ChangeStartMode', { in: { StartMode: 'string' }, required: ['StartMode'] }),
    defineMethod('UserControlService', { in: { ControlCode: 'uint8' }, required: ['ControlCode'] }),
  ],
});
const service = defineClass({
  name: 'Win32_Service',
  superclass: 'Win32_BaseService',
  uint32: 'CheckPoint ProcessId WaitHint',
  boolean: 'DelayedAutoStart',
});

const states: Readonly<Record<string, string>> = {
  active: 'Running',
  reloading: 'Running',
  activating: 'Start Pending',
  deactivating: 'Stop Pending',
};

/** Name without the unit's suffix, as people say it. */
const shortName = (id: string): string => id.replace(/\.service$/, '');

function serviceOf(host: LinuxHost, unit: Unit): CimInstance {
  const id = unit.get('Id') ?? '';
  const active = unit.get('ActiveState') ?? '';
  const state = states[active] ?? 'Stopped';
  const command = /argv\[\]=(.*?) ; /.exec(unit.get('ExecStart') ?? '')?.[1] ?? null;
  const display = unit.get('Description') || shortName(id);
  const values: Record<string, CimValue> = {
    Name: shortName(id),
    DisplayName: display,
    Caption: display,
    Description: display,
    State: state,
    Status: active === 'failed' ? 'Error' : 'OK',
    Started: state === 'Running',
    StartMode: startModeOf(unit),
    StartName: unit.get('User') || 'root',
    PathName: command,
    ProcessId: Number(unit.get('MainPID') ?? 0),
    ExitCode: Number(unit.get('ExecMainStatus') ?? 0) || 0,
    ServiceSpecificExitCode: 0,
    ServiceType: unit.get('Type') === 'oneshot' ? 'Share Process' : 'Own Process',
    ErrorControl: 'Normal',
    AcceptStop: unit.get('CanStop') === 'yes' && state === 'Running',
    AcceptPause: false,
    DesktopInteract: false,
    DelayedAutoStart: false,
    TagId: 0,
    CheckPoint: 0,
    WaitHint: 0,
    CreationClassName: 'Win32_Service',
    SystemCreationClassName: 'Win32_ComputerSystem',
    SystemName: host.name,
  };
  return instanceOf('Win32_Service', values);
}

async function find(
  host: LinuxHost,
  name: CimValue | undefined,
  context: OperationContext,
): Promise<CimInstance | null> {
  const unit = await showUnit(host, unitOf(String(name ?? '')), context.signal);
  return unit ? serviceOf(host, unit) : null;
}

async function* list(host: LinuxHost, hint: ListHint, context: OperationContext): AsyncIterable<CimInstance> {
  if (hint.equals.Name !== undefined) {
    const one = await find(host, hint.equals.Name, context);
    if (one) yield one;
    return;
  }
  const names = await serviceNames(host, context.signal);
  for await (const unit of showUnits(host, names, context.signal)) yield serviceOf(host, unit);
}

/** Services that a service needs or wants. */
async function* dependencies(host: LinuxHost, context: OperationContext): AsyncIterable<CimInstance> {
  const names = await serviceNames(host, context.signal);
  const known = new Set(names);
  for await (const unit of showUnits(host, names, context.signal)) {
    const needed = `${unit.get('Requires') ?? ''} ${unit.get('Wants') ?? ''}`.split(/\s+/);
    for (const one of new Set(needed))
      if (known.has(one))
        yield associationOf('Win32_DependentService', {
          Antecedent: ['Win32_Service', { Name: shortName(one) }],
          Dependent: ['Win32_Service', { Name: shortName(unit.get('Id') ?? '') }],
        });
  }
}

const source = (host: LinuxHost): CimSource => ({
  list: (hint, context) => list(host, hint, context),
  get: (keys, context) => find(host, keys.Name, context),
  invoke: serviceMethods(host),
});

/** Services of systemd. Where it does not run there are none. */
export const serviceFamily = (host: LinuxHost): ClassFamily => ({
  classes: [
    base,
    service,
    defineAssociation('Win32_DependentService', 'CIM_Dependency', {
      Antecedent: 'Win32_BaseService',
      Dependent: 'Win32_BaseService',
    }),
    defineAssociation('Win32_SystemServices', 'CIM_SystemComponent', {
      GroupComponent: 'Win32_ComputerSystem',
      PartComponent: 'Win32_Service',
    }),
  ],
  sources: {
    Win32_Service: source(host),
    Win32_DependentService: { list: (_, context) => dependencies(host, context) },
    Win32_SystemServices: {
      list: async function* (_, context) {
        for (const name of await serviceNames(host, context.signal))
          yield associationOf('Win32_SystemServices', {
            GroupComponent: ['Win32_ComputerSystem', { Name: host.name }],
            PartComponent: ['Win32_Service', { Name: shortName(name) }],
          });
      },
    },
  },
});
