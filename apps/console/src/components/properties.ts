/** `name=value` lines as properties: whole numbers and true/false as what they are. Gives the first line that is none as `wrong`. */
export function parseProperties(
  text: string,
): { readonly properties: Record<string, string | number | boolean> } | { readonly wrong: string } {
  const properties: Record<string, string | number | boolean> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return { wrong: line };
    const value = line.slice(at + 1).trim();
    properties[line.slice(0, at).trim()] = /^-?\d{1,15}$/.test(value)
      ? Number(value)
      : value === 'true' || value === 'false'
        ? value === 'true'
        : value;
  }
  return { properties };
}

/** The other way. */
export const formatProperties = (properties: Readonly<Record<string, unknown>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
