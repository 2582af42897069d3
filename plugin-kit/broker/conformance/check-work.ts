import type { BrokerPlugin } from '../src/broker-plugin.ts';
import { checkProvisioning } from './check-provisioning.ts';
import { checkTasks } from './check-tasks.ts';
import type { BrokerFinding } from './finding.ts';
import { beginTrial, type StartPlugIn, trialOptions, type WorkConformanceOptions } from './work-trial.ts';

const has = (plugin: BrokerPlugin, method: keyof BrokerPlugin): boolean => typeof plugin[method] === 'function';

/**
 * Has a plug-in do its work as the broker has it done, over a directory in memory: it makes, patches and deletes machines, is cancelled, meets somebody on
 * a machine, plans and does tasks, and is killed after each of its writes and started again. What it does outside of the directory it really does. Gives
 * all findings; none means that it is fit, or does no such work.
 */
export async function checkWork(
  start: StartPlugIn,
  options: WorkConformanceOptions = {},
): Promise<readonly BrokerFinding[]> {
  const given = trialOptions(options);
  const found = new Map<string, BrokerFinding>();
  const about = (stage: BrokerFinding['stage']) => (severity: BrokerFinding['severity'], message: string) => {
    found.set(`${stage} ${message}`, { severity, stage, message });
  };
  try {
    const first = await beginTrial(start, given);
    const { plugin } = first;
    const makes = has(plugin, 'createVirtualMachines');
    const minds = has(plugin, 'setTaskQueue') || has(plugin, 'initializeTaskPlugin');
    const misses = (methods: readonly (keyof BrokerPlugin)[]) => methods.filter((one) => !has(plugin, one));
    const makersLack = misses(['patchVirtualMachines', 'deleteVirtualMachines', 'cancelJob']);
    const keepersLack = misses(['setTaskQueue', 'initializeTaskPlugin']);
    await first.kill();
    if (makes && makersLack.length > 0) about('provisioning')('error', `it lacks ${makersLack.join(', ')}`);
    else if (makes) await checkProvisioning(start, given, about('provisioning'));
    if (minds && keepersLack.length > 0) about('task')('error', `it lacks ${keepersLack.join(', ')}`);
    else if (minds) await checkTasks(start, given, about('task'));
  } catch (error) {
    about(null)('error', `it cannot be tried: ${(error as Error).message}`);
  }
  return [...found.values()];
}
