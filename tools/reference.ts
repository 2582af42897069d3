import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiBase, contract, type Endpoint } from '@atelier/api';
import { errorTable } from '@atelier/domain/errors';
import { eventCatalogue } from '@atelier/domain/events';
import { permissions, rolePermissions } from '@atelier/domain/people';

const made = '<!-- Made by `npm run docs` from the code: change it there. -->\n';
const cell = (text: string | number) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const errors = () =>
  `${made}# Errors\n\nEvery error answer is \`application/problem+json\` (RFC 9457) with a stable \`code\` and a \`correlationId\` that stands in the server's log too.\n\n${table(
    ['code', 'status', 'what', 'cause', 'fix'],
    errorTable.map((one) => [`\`${one.code}\``, one.status, one.title, one.cause, one.fix]),
  )}\n`;

const events = () =>
  `${made}# Events\n\nIds never change. Each event carries its own detail besides.\n\n${table(
    ['id', 'name', 'severity', 'what', 'cause', 'fix'],
    eventCatalogue.map((one) => [one.code, `\`${one.name}\``, one.severity, one.title, one.cause, one.fix]),
  )}\n`;

const roles = () =>
  `${made}# Roles\n\nA role is given to a user or a group, everywhere or for one object. Whoever is signed in may use their own workspaces.\n\n${table(
    ['permission', ...Object.keys(rolePermissions)],
    permissions.map((permission) => [
      `\`${permission}\``,
      ...Object.values(rolePermissions).map((may) => (may.includes(permission) ? 'yes' : '')),
    ]),
  )}\n`;

const api = () => {
  const parts = Object.entries(contract).map(([capability, all]) => {
    const rows = Object.values(all as Record<string, Endpoint>).map((one) => [
      one.method,
      `\`${apiBase}${one.path}\``,
      one.summary,
      one.access.includes(':') ? `\`${one.access}\`` : one.access,
    ]);
    return `## ${capability}\n\n${table(['method', 'address', 'what', 'who'], rows)}`;
  });
  return `${made}# HTTP API\n\nThe whole contract with its schemas is served as OpenAPI 3.1 at \`/api/openapi.json\`. Lists are paged: \`?limit=&cursor=\` → \`{ items, next }\`. Changes take \`If-Match\` with the \`rev\` that you read; POST takes \`Idempotency-Key\`. Answers of status 202 with a \`taskId\` are long work: follow \`${apiBase}/tasks/:id\`.\n\n${parts.join('\n\n')}\n`;
};

/** The generated reference pages by file name. */
export const referencePages = (): Readonly<Record<string, string>> => ({
  'errors.md': errors(),
  'events.md': events(),
  'roles.md': roles(),
  'api.md': api(),
});

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../docs/reference');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(referencePages())) await writeFile(join(folder, name), text);
}
