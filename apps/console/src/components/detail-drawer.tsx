import { Drawer, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '../i18n/use-t.ts';

/** Details of a row, from the side. */
export function DetailDrawer({
  opened,
  onClose,
  title,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}) {
  const t = useT();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={<Text fw={600}>{title}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {opened && children}
    </Drawer>
  );
}
