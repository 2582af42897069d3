import {
  feedWatchdog,
  getWatchdog,
  readWatchdog,
  setWatchdog,
  type WatchdogAction,
  watchdogActions,
} from '@atelier/ipmi';
import type { CimSource } from '@atelier/plugin-kit';
import { WsmanFault } from '@atelier/wsman';
import { ask } from '../bmc/index.ts';
import type { ControllerPool } from './controller-pool.ts';
import { act, controllerNamed, deviceKeys, eachController, instanceOf } from './each-controller.ts';

const microseconds = 1_000_000;
const longest = 6553;

/** The watchdog of each machine. */
export const watchdogSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'SystemName', hint, context, async function* (controller) {
      const timer = await pool.use(
        controller,
        async (transport) => readWatchdog(await ask(transport, getWatchdog, 'asking for the watchdog', context.signal)),
        context.signal,
      );
      yield instanceOf('Watchdog', {
        ...deviceKeys(controller, 'Watchdog', '0'),
        ElementName: 'Watchdog',
        HealthState: 5,
        OperationalStatus: [2],
        MonitoredEntity: 2,
        TimeoutInterval: timer.timeout * microseconds,
        TimeLeft: timer.left * microseconds,
        ActionOnExpiration: timer.action,
        Running: timer.running,
      });
    }),
  async invoke(method, instance, input, context) {
    const controller = controllerNamed(pool, instance?.values.SystemName);
    if (method === 'KeepAlive')
      return act(pool, controller, context, (transport) => ask(transport, feedWatchdog, 'feeding', context.signal));
    const action = String(input.Action) as WatchdogAction;
    const seconds = Number(input.Seconds);
    if (!Object.hasOwn(watchdogActions, action) || !(seconds > 0 && seconds <= longest))
      throw new WsmanFault({
        code: 'Sender',
        subcode: 'wsman:InvalidParameter',
        number: 2150858835,
        reason: `Action is one of ${Object.keys(watchdogActions).join(', ')}, and Seconds is 1 to ${longest}`,
      });
    return act(pool, controller, context, (transport) =>
      ask(transport, setWatchdog(action, seconds), 'setting the watchdog', context.signal),
    );
  },
});
