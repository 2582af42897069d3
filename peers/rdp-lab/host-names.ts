import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives a machine of the lab names of others: name by name, where each is. What `ip netns exec` shows there as /etc/hosts. */
export async function tellNames(
  lab: { later(work: () => Promise<unknown>): void },
  namespace: string,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  const etc = join('/etc/netns', namespace);
  await mkdir(etc, { recursive: true });
  lab.later(() => rm(etc, { recursive: true, force: true }));
  const lines = Object.entries(names).map(([name, address]) => `${address} ${name}\n`);
  await writeFile(join(etc, 'hosts'), lines.join(''));
}
