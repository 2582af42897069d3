import { readdir, readFile } from 'node:fs/promises';

const pageBytes = 4096;

/** Processes that descend from `roots` (not counting these) and the memory they hold now, in bytes. */
export async function treeUsage(roots: readonly number[]): Promise<{ memory: number; processes: number }> {
  const parents = new Map<number, { parent: number; memory: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // After the name in parentheses, which may hold anything: state, parent, …; the 24th field is the resident set in pages.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    if (fields.length > 21)
      parents.set(Number(name), { parent: Number(fields[1]), memory: Number(fields[21]) * pageBytes });
  }
  const inside = new Set(roots);
  let memory = 0;
  let processes = 0;
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, one] of parents)
      if (!inside.has(pid) && inside.has(one.parent)) {
        inside.add(pid);
        memory += one.memory;
        processes++;
        grew = true;
      }
  }
  return { memory, processes };
}
