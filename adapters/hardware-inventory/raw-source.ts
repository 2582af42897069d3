import type { CimSource } from '@atelier/plugin-kit';
import type { ControllerPool } from './controller-pool.ts';
import { controllerNamed, eachController, instanceOf, requireAdministrator } from './each-controller.ts';

const byte = (value: unknown): number => Number(value ?? 0) & 0xff;

/** Commands that have no class, byte by byte. */
export const rawSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'InstanceName', hint, context, (controller) => [
      instanceOf('Microsoft_IPMI', { InstanceName: controller.name, Active: true, BMCAddress: 0x20 }),
    ]),
  async invoke(_method, instance, input, context) {
    requireAdministrator(context);
    const controller = controllerNamed(pool, instance?.values.InstanceName);
    const data = Array.isArray(input.RequestData) ? input.RequestData : [input.RequestData];
    const command = {
      netFn: byte(input.NetworkFunction),
      command: byte(input.Command),
      lun: byte(input.Lun) & 3,
      data: Uint8Array.from(
        data.filter((one) => one !== null && one !== undefined),
        byte,
      ),
    };
    const answer = await pool.use(controller, (transport) => transport.send(command, context.signal), context.signal);
    // Windows counts the completion code as the first byte of the answer.
    const bytes = [answer.completionCode, ...answer.data];
    return {
      CompletionCode: answer.completionCode,
      ResponseDataSize: bytes.length,
      ResponseData: bytes,
      ReturnValue: 0,
    };
  },
});
