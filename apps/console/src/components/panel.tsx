import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A card with a heading. */
export function Panel({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="card" style={{ padding: '18px 20px' }}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{title}</Title>
        {side}
      </Group>
      {children}
    </section>
  );
}
