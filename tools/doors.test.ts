import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProject } from './doors/read-project.ts';
import { rooms } from './doors/rooms.ts';
import { longestFile, violations } from './doors/violations.ts';

const root = join(import.meta.dirname, '..');
const { project, files } = readProject(root);

describe('the doors of the house', () => {
  it('are kept by every file', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => violations(file, project))).toEqual([]);
  });

  it('leave no room without a single import, which would mean that the reader is blind', () => {
    const used = rooms.filter((room) => files.some((file) => file.path.startsWith(room.folder)));
    for (const room of used)
      expect(
        files.some((file) => file.path.startsWith(room.folder) && /\bimport\b/.test(file.text)),
        room.folder,
      ).toBe(true);
  });

  it('have workspaces without dependencies of their own: the root declares them all', () => {
    for (const folder of Object.values(project.packages)) {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      expect([folder, manifest.dependencies, manifest.devDependencies]).toEqual([folder, undefined, undefined]);
    }
  });
});

/** What the test must catch: where the line stands, the line, and the word of the complaint. */
const forced: readonly (readonly [path: string, text: string, complaint: RegExp])[] = [
  ['domain/images/a.ts', "import { readFile } from 'node:fs/promises';", /may not use node:fs\/promises/],
  ['domain/images/a.ts', "import type { Image } from '@atelier/api';", /may not import @atelier\/api/],
  ['domain/images/a.ts', "import { x } from '../people/role.ts';", /leaves domain\/images/],
  ['protocols/trim/src/a.ts', "import net from 'node:net';", /may not use node:net/],
  ['protocols/trim/src/a.ts', "import { z } from 'zod';", /may not import zod/],
  ['api/a.ts', "import { sql } from 'kysely';", /may not import kysely/],
  ['api/a.ts', "const later = () => import('@atelier/adapters/qemu');", /may not import @atelier\/adapters/],
  ['adapters/qemu/a.ts', "import { createClient } from '@atelier/api';", /may not import @atelier\/api/],
  ['adapters/qemu/a.ts', "export * from '../postgres/log.ts';", /leaves adapters\/qemu/],
  ['apps/client/a.ts', "import { startServer } from '@atelier/server';", /may not import @atelier\/server/],
  ['apps/client/a.ts', "import {\n  startServer,\n} from '../server/index.ts';", /leaves apps\/client/],
  ['apps/console/src/a.tsx', "import { may } from '@atelier/domain/people';", /may not import @atelier\/domain/],
  ['apps/console/src/a.tsx', "import 'node:path';", /may not use node:path/],
  ['apps/server/a.ts', "import x from 'left-pad';", /does not declare/],
  ['apps/server/a.ts', "import fs from 'fs';", /without "node:"/],
  ['apps/server/a.ts', "import { x } from '../../../other/thing.ts';", /leaves apps\/server/],
  ['bin/a.mjs', "import { Command } from 'commander';", /may not import commander/],
  ['apps/server/MyClass.ts', '', /kebab-case/],
  ['apps/server/a.ts', 'export default 1;', /default export/],
  ['apps/server/a.ts', Array(longestFile + 2).join('\n'), /lines/],
];

describe('a forced door', () => {
  it.each(forced)('%s #%#', (path, text, complaint) => {
    expect(violations({ path, text }, project)).toEqual([expect.stringMatching(complaint)]);
  });

  it('is not seen in comments, strings and allowed places', () => {
    const text = "// import x from 'left-pad';\n/* import y from 'left-pad'; */\nimport { z } from 'zod';\n";
    expect(violations({ path: 'domain/images/a.ts', text }, project)).toEqual([]);
    const index = "import { may } from '../people/index.ts';";
    expect(violations({ path: 'domain/images/a.ts', text: index }, project)).toEqual([]);
    const test = "import { readFileSync } from 'node:fs';\nimport { it } from 'vitest';";
    expect(violations({ path: 'protocols/trim/src/a.test.ts', text: test }, project)).toEqual([]);
  });
});
