import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from './documents.ts';

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** A heading's anchor, as Git hosts make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (text: string) => [...text.matchAll(/^#{1,6} +(.+)$/gm)].map((match) => anchorOf(match[1]!));

/** Links of a page to files or headings of the project at `root` that are not there, as complaints. */
export function brokenLinks(root: string, page: Page): string[] {
  return [...withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^[a-z]+:/i.test(link!)) return [];
    const [file, anchor] = link!.split('#');
    const path = file ? join(root, dirname(page.path), file) : join(root, page.path);
    if (file && !existsSync(path)) return [`${page.path}: ${link} is not there`];
    if (anchor === undefined) return [];
    const text = file ? readFileSync(path, 'utf8') : page.text;
    return anchorsOf(text).includes(anchor) ? [] : [`${page.path}: ${link} names no heading`];
  });
}
