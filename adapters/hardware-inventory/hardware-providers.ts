import type { CimProvider } from '@atelier/plugin-kit';
import { type Controller, type ControllerPool, createControllerPool } from './controller-pool.ts';
import { hardwareClasses, microsoftIpmi } from './hardware-classes.ts';
import { logSource, recordSource } from './log-source.ts';
import { partSource } from './part-source.ts';
import { rawSource } from './raw-source.ts';
import { sensorSource } from './sensor-source.ts';
import { domainSource, systemSource } from './system-source.ts';
import { watchdogSource } from './watchdog-source.ts';

/**
 * Hardware through management controllers: `root/hardware`, and Windows' raw `Microsoft_IPMI` in `root/wmi`. `controllers` is asked at every
 * operation, so that they may come and go. Sessions with them are in `pool`, which others may share until the providers stop.
 */
export function createHardwareProviders(
  controllers: () => readonly Controller[],
  pool: ControllerPool = createControllerPool(controllers),
): readonly CimProvider[] {
  return [
    {
      name: 'IPMI Provider',
      namespace: 'root/hardware',
      classes: hardwareClasses,
      sources: {
        ComputerSystem: systemSource(pool),
        AdminDomain: domainSource,
        Sensor: sensorSource(pool, false),
        NumericSensor: sensorSource(pool, true),
        RecordLog: logSource(pool),
        LogRecord: recordSource(pool),
        Watchdog: watchdogSource(pool),
        PhysicalPackage: partSource(pool),
      },
      stop: () => pool.close(),
    },
    {
      name: 'IPMI Provider (raw)',
      namespace: 'root/wmi',
      classes: [microsoftIpmi],
      sources: { Microsoft_IPMI: rawSource(pool) },
    },
  ];
}
