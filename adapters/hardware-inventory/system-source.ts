import type { CimInstance, CimValue } from '@atelier/cim';
import {
  type BootDevice,
  bootDevices,
  type ChassisStatus,
  chassisControl,
  chassisIdentify,
  getBootOrder,
  getChassisStatus,
  getDeviceId,
  type PowerAction,
  readBootOrder,
  readChassisStatus,
  readDeviceId,
  setBootOrder,
} from '@atelier/ipmi';
import type { CimSource, OperationContext } from '@atelier/plugin-kit';
import { WsmanFault } from '@atelier/wsman';
import { ask } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { act, controllerNamed, eachController, instanceOf } from './each-controller.ts';

const className = 'ComputerSystem';

/** CIM's requested states and the chassis command for each (DSP0004 `CIM_EnabledLogicalElement.RequestedState`). */
const actions: Readonly<Record<number, PowerAction>> = {
  2: 'on',
  3: 'off',
  4: 'shutdown',
  9: 'cycle',
  10: 'cycle',
  11: 'reset',
};

const invalid = (reason: string) =>
  new WsmanFault({
    code: 'Sender',
    subcode: 'wsman:InvalidParameter',
    number: 2150858835,
    reason,
  });

async function readSystem(
  pool: ControllerPool,
  controller: Controller,
  context: OperationContext,
): Promise<CimInstance> {
  return await pool.use(
    controller,
    async (transport) => {
      const id = readDeviceId(await ask(transport, getDeviceId, 'asking who it is', context.signal));
      const chassis = readChassisStatus(await ask(transport, getChassisStatus, 'asking for the power', context.signal));
      const boot = await transport.send(getBootOrder, context.signal);
      return instanceOf(className, {
        ...identity(controller),
        ...stateOf(chassis),
        ControllerFirmware: id.firmware,
        ControllerVersion: id.ipmiVersion,
        BootDevice: boot.completionCode === 0 ? (readBootOrder(boot.data)?.device ?? null) : null,
      });
    },
    context.signal,
  );
}

const identity = (controller: Controller) => ({
  CreationClassName: className,
  Name: controller.name,
  ElementName: controller.name,
  Caption: controller.name,
  ControllerAddress: controller.address,
});

function stateOf(chassis: ChassisStatus): Readonly<Record<string, CimValue>> {
  const faulty = chassis.powerFault || chassis.driveFault || chassis.coolingFault || chassis.overload;
  return {
    EnabledState: chassis.power === 'on' ? 2 : 3,
    HealthState: faulty ? 20 : 5,
    OperationalStatus: [faulty ? 6 : 2],
    PowerRestorePolicy: chassis.restorePolicy,
    PowerFault: chassis.powerFault || chassis.overload,
    ChassisIntrusion: chassis.intrusion,
    DriveFault: chassis.driveFault,
    CoolingFault: chassis.coolingFault,
    Identifying: chassis.identifying,
  };
}

/** A machine whose controller does not answer: what is known is that it is not known. */
const unreachable = (controller: Controller, error: Error): CimInstance =>
  instanceOf(className, {
    ...identity(controller),
    Description: error.message,
    EnabledState: 5,
    HealthState: 0,
    OperationalStatus: [13],
  });

/** Machines through their controllers, with power, identify and boot device as methods. */
export const systemSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(
      pool,
      'Name',
      hint,
      context,
      async function* (controller) {
        yield await readSystem(pool, controller, context);
      },
      unreachable,
    ),
  async invoke(method, instance, input, context) {
    const controller = controllerNamed(pool, instance?.values.Name);
    switch (method) {
      case 'RequestStateChange': {
        const action = actions[Number(input.RequestedState)];
        if (!action) throw invalid('RequestedState is 2 (on), 3 (off), 4 (shut down), 9 (power cycle) or 11 (reset)');
        return act(pool, controller, context, (transport) =>
          ask(transport, chassisControl(action), `power ${action}`, context.signal),
        );
      }
      case 'Identify': {
        const seconds = Number(input.Seconds);
        if (seconds > 255 && seconds !== 65535)
          throw invalid('Seconds is 0 to 255, or 65535 for "until told otherwise"');
        return act(pool, controller, context, (transport) =>
          ask(transport, chassisIdentify(seconds === 65535 ? 'forever' : seconds), 'identifying', context.signal),
        );
      }
      default: {
        const device = String(input.Device) as BootDevice;
        if (!Object.hasOwn(bootDevices, device))
          throw invalid(`Device is one of ${Object.keys(bootDevices).join(', ')}`);
        const order = { device, persistent: input.Persistent === true, uefi: input.Uefi === true };
        return act(pool, controller, context, async (transport) => {
          const [acknowledge, flags] = setBootOrder(order);
          // Not every controller has the acknowledgement; what counts is that the flags are taken.
          await transport.send(acknowledge!, context.signal);
          await ask(transport, flags!, 'setting the boot device', context.signal);
        });
      }
    }
  },
});

/** The one domain that all machines are in. */
export const domainSource: CimSource = {
  list: () => [instanceOf('AdminDomain', { CreationClassName: 'AdminDomain', Name: 'IPMI', ElementName: 'IPMI' })],
};
