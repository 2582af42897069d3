import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionsIn, instanceStateSchema } from '@atelier/domain/workspaces';
import { describe, expect, it } from 'vitest';
import { badCommands } from './docs/bad-commands.ts';
import { brokenLinks } from './docs/broken-links.ts';
import { documents } from './docs/documents.ts';
import { environmentVariables } from './docs/environment-variables.ts';
import { readProject } from './doors/read-project.ts';

const root = join(import.meta.dirname, '..');
const pages = documents(root);

describe('the documentation', () => {
  it('has pages, commands and variables to look at, else this test is blind', () => {
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.flatMap((page) => environmentVariables(page.text)).length).toBeGreaterThan(10);
    expect(pages.flatMap((page) => page.text.match(/\batelier [a-z]/g) ?? []).length).toBeGreaterThan(40);
  });

  it('links to what is there', () => {
    expect(pages.flatMap((page) => brokenLinks(root, page))).toEqual([]);
  });

  it('shows commands that the command line knows, with arguments and options that they take', () => {
    expect(pages.flatMap(badCommands)).toEqual([]);
  });

  it('names environment variables that the code reads', () => {
    const { files } = readProject(root);
    const read = new Set(
      files.filter((file) => !/\.test\.tsx?$/.test(file.path)).flatMap((file) => environmentVariables(file.text)),
    );
    const wrong = pages.flatMap((page) =>
      environmentVariables(page.text)
        .filter((name) => !read.has(name))
        .map((name) => `${page.path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('says of each state of a workspace what a person can do in it', () => {
    const states = readFileSync(join(root, 'docs/explanation/states.md'), 'utf8');
    const cells = states.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    for (const state of instanceStateSchema.options)
      expect(cells.find((row) => row[1] === state)?.[3], state).toBe(actionsIn(state).join(', '));
  });

  it('has each of its own pages in its list', () => {
    const list = readFileSync(join(root, 'docs/README.md'), 'utf8');
    const own = pages.filter((page) => page.path.startsWith('docs/') && page.path !== 'docs/README.md');
    expect(own.map((page) => page.path.slice('docs/'.length)).filter((path) => !list.includes(`(${path})`))).toEqual(
      [],
    );
  });
});

const fenced = (line: string) => ({ path: 'a.md', text: `\`\`\`sh\n${line}\n\`\`\`\n` });

describe('a page that is wrong', () => {
  it.each([
    ['atelier image publish lab', /unknown command/],
    ['atelier frobnicate', /unknown command/],
    ['atelier image promote lab 2 stable', /too many arguments/],
    ['atelier image promote lab', /missing required argument/],
    ['atelier image import lab a.qcow2 --notice x', /--notice/],
    ['atelier workspace create lab', /--image/],
    ['sudo -u atelier X=1 /opt/atelier/bin/atelier.mjs server setup-links', /unknown command/],
    ['A=1 atelier image ls | atelier image lss', /unknown command/],
  ])('%s', (line, complaint) => {
    expect(badCommands(fenced(line))).toEqual([expect.stringMatching(complaint)]);
  });

  it.each([
    'atelier image promote lab 2 --channel pilot   # only those',
    'atelier token create ci --scope image:read --scope image:write -o name',
    'atelier image --help',
    'echo "$TOKEN" | atelier login -u ci --token-stdin',
    'cd /opt/atelier && npm ci',
    'adduser --system --group atelier',
  ])('is not: %s', (line) => {
    expect(badCommands(fenced(line))).toEqual([]);
  });

  it('is found in running text too, and by its links', () => {
    expect(badCommands({ path: 'a.md', text: 'Type `atelier image prmote lab 2`.' })).toHaveLength(1);
    const page = { path: 'docs/a.md', text: '[x](how-to/none.md) [y](README.md#none) [z](https://example.org)' };
    expect(brokenLinks(root, page)).toHaveLength(2);
  });
});
