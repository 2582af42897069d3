import { readFile, stat } from 'node:fs/promises';

/** A computer as its line in the file says. */
export interface InventoryRow {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Of the broker; '' for none. */
  readonly environment: string;
  /** The other columns that are filled. */
  readonly properties: Readonly<Record<string, string>>;
}

const largest = 4 * 1024 * 1024;
const named = ['name', 'address', 'port', 'environment'];

/**
 * Reads the list of computers: comma-separated, the first line names the columns, `#` begins a comment. By name, in small letters. Throws with the line
 * that cannot be used.
 */
export async function readInventory(file: string): Promise<ReadonlyMap<string, InventoryRow>> {
  if ((await stat(file)).size > largest) throw new Error(`${file} is longer than 4 MiB`);
  const lines = (await readFile(file, 'utf8'))
    .split(/\r?\n/)
    .map((text, at) => ({ at: at + 1, cells: text.split(',').map((cell) => cell.trim()), text: text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const [head, ...rest] = lines;
  const columns = head?.cells ?? [];
  if (!columns.includes('name') || !columns.includes('address'))
    throw new Error(`${file} does not begin with the names of its columns: name and address at least`);
  const found = new Map<string, InventoryRow>();
  for (const { at, cells } of rest) {
    const row = Object.fromEntries(columns.map((column, n) => [column, cells[n] ?? '']));
    const { name = '', address = '', environment = '' } = row;
    const port = Number(row.port || 3389);
    if (name === '' || address === '' || !Number.isInteger(port))
      throw new Error(`line ${at} of ${file} is no computer: it needs a name, an address, and a port that is a number`);
    const key = name.toLowerCase();
    if (found.has(key)) throw new Error(`line ${at} of ${file} names ${name} again`);
    const others = Object.entries(row).filter(([column, value]) => !named.includes(column) && value !== '');
    found.set(key, { name, address, port, environment, properties: Object.fromEntries(others) });
  }
  return found;
}
