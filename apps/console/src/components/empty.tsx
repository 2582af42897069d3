import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Why there is nothing here, and the next thing to do. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <div
        style={{
          color: 'var(--mantine-color-dimmed)',
          background: 'var(--surface-sunken)',
          borderRadius: 16,
          padding: 14,
        }}
      >
        <Icon name={icon} size={28} />
      </div>
      <Title order={2} fz="md" mt={4}>
        {title}
      </Title>
      {children && (
        <Text c="dimmed" size="sm" maw={460}>
          {children}
        </Text>
      )}
      {action && <div style={{ marginTop: 10 }}>{action}</div>}
    </Stack>
  );
}
