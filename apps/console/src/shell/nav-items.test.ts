import { expect, it } from 'vitest';
import { itemAt, navItems } from './nav-items.ts';

it('finds the closest item of an address', () => {
  const at = (path: string) => itemAt(path)?.key;
  expect(['/', '/my', '/my/01ABC/screen', '/my/desktops', '/my/desktops/Office/screen'].map(at)).toEqual([
    'overview',
    'my',
    'my',
    'myDesktops',
    'myDesktops',
  ]);
  expect(at('/collections/01ABC/people')).toBe('collections');
  expect(at('/brokers')).toBeUndefined();
});

it('gives each item a key of its own', () => {
  const keys = navItems.map(({ shortcut }) => shortcut);
  expect(new Set(keys).size).toBe(keys.length);
});
