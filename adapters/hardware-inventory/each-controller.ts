import type { CimInstance, CimValue } from '@atelier/cim';
import type { ListHint, OperationContext } from '@atelier/plugin-kit';
import { WsmanFault } from '@atelier/wsman';
import type { IpmiTransport } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';

/** An instance of one of our classes. */
export const instanceOf = (className: string, values: Readonly<Record<string, CimValue>>): CimInstance => ({
  kind: 'instance',
  className,
  values,
});

/** Keys that every device of a machine begins with. */
export const deviceKeys = (controller: Controller, className: string, id: string) => ({
  SystemCreationClassName: 'ComputerSystem',
  SystemName: controller.name,
  CreationClassName: className,
  DeviceID: id,
});

/**
 * Instances of all controllers, one after the other. A controller that cannot be reached has none here: `unreachable` may still say something of
 * it, so that a broken one does not hide the others.
 */
export async function* eachController(
  pool: ControllerPool,
  nameKey: string,
  hint: ListHint,
  context: OperationContext,
  list: (controller: Controller) => AsyncIterable<CimInstance> | Iterable<CimInstance>,
  unreachable?: (controller: Controller, error: Error) => CimInstance,
): AsyncIterable<CimInstance> {
  const wanted = hint.equals[nameKey];
  for (const controller of pool.controllers()) {
    if (wanted !== undefined && wanted !== controller.name) continue;
    try {
      yield* list(controller);
    } catch (error) {
      context.signal.throwIfAborted();
      if (unreachable && error instanceof Error) yield unreachable(controller, error);
    }
  }
}

/** The controller by its name; throws the fault for an instance that is not there. */
export function controllerNamed(pool: ControllerPool, name: CimValue | undefined): Controller {
  const found = pool.controllers().find((one) => one.name === name);
  if (!found)
    throw new WsmanFault({
      code: 'Sender',
      subcode: 'wsman:InvalidSelectors',
      detail: 'UnexpectedSelectors',
      number: 2150858843,
      reason: 'there is no such management controller',
    });
  return found;
}

/** Switching machines off and clearing their logs is for administrators, whatever the listener allows for the resource. */
export function requireAdministrator(context: OperationContext): void {
  if (!context.user.administrator)
    throw new WsmanFault({
      code: 'Sender',
      subcode: 'wsman:AccessDenied',
      number: 5,
      reason: 'this needs an administrator',
    });
}

/** Runs a method's work and gives its `ReturnValue`. */
export async function act(
  pool: ControllerPool,
  controller: Controller,
  context: OperationContext,
  work: (transport: IpmiTransport) => Promise<unknown>,
): Promise<Readonly<Record<string, CimValue>>> {
  requireAdministrator(context);
  await pool.use(controller, work, context.signal);
  return { ReturnValue: 0 };
}
