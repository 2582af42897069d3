import { setTimeout as pause } from 'node:timers/promises';
import type { Machines } from '@atelier/adapters/broker-machines';
import type { BuiltIn } from '@atelier/adapters/broker-plug-ins';
import { directoryLoadBalancing } from '@atelier/adapters/broker-plug-ins';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import { isReady } from '@atelier/domain/broker';
import { SbError } from '@atelier/plugin-kit/broker';

const lookEveryMs = 1000;
/** How often room is made for one who finds none. */
const mostGrown = 5;

/**
 * The broker's own steps: least connections by the directory, no placement, starting machines, and waiting for targets that somebody else starts. Without
 * `machines` it starts none.
 */
export const builtInSteps = (
  directory: SessionDirectory,
  machines: Pick<Machines, 'prepareTargetForConnect' | 'grow'> | null = null,
): BuiltIn => ({
  name: 'atelier',
  ...directoryLoadBalancing({
    async claimLeastLoaded(request, collection, limits) {
      for (let attempt = 1; ; attempt++) {
        const claim = await directory.claimLeastLoaded(request, collection, limits);
        const none = 'kind' in claim && claim.kind === 'no-target';
        // Others may take what was made before we come back for it.
        if (!none || attempt > mostGrown || !(await machines?.grow(collection))) return claim;
      }
    },
  }),
  queryEnvironmentForTarget: async (_connection, target) => ({
    name: target.environment,
    serverWeight: 100,
    properties: {},
  }),
  async prepareTargetForConnect(connection, target, sink, next) {
    const prepared = await machines?.prepareTargetForConnect(connection, target, sink, next);
    if (prepared) return prepared;
    for (let now = target; ; ) {
      if (isReady(now.state)) {
        if (now.endpoints.length === 0) throw new SbError('no-dns', `the target ${now.name} has no address`);
        return { targetName: now.name, endpoints: now.endpoints };
      }
      if (now.state !== 'starting' && now.state !== 'initializing')
        throw new SbError('vm-boot', `the target ${now.name} is ${now.state}, and no plug-in starts it`);
      sink.report('vm-booting', `${now.name} is starting`);
      await pause(lookEveryMs, undefined, { signal: connection.signal });
      const found = await directory.target(now.name);
      if (!found) throw new SbError('no-target', `the target ${now.name} was removed`);
      now = found;
    }
  },
});
