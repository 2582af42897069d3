import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../api/query.ts';

/** The button that adds to a list, above its rows; while there are none it stands in the list's empty state. */
export function ActionAbove<T>({ pages, children }: { pages: Pages<T>; children: ReactNode }) {
  if (pages.rows.length === 0) return null;
  return (
    <Group justify="flex-end" mb="md">
      {children}
    </Group>
  );
}
