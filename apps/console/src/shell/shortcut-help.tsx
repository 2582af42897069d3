import { Modal, Table, Text } from '@mantine/core';
import { useT } from '../i18n/use-t.ts';
import { navItems } from './nav-items.ts';

/** All keys on one card. */
export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const rows: (readonly [readonly string[], string])[] = [
    [['Ctrl', 'K'], t('palette.open')],
    [['/'], t('shell.keySearch')],
    [['?'], t('shell.help')],
    ...navItems.map((item) => [['g', item.shortcut], t(`nav.${item.key}`)] as const),
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={600}>{t('shell.help')}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {rows.map(([keys, label]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={400}>
                {label}
              </Table.Th>
              <Table.Td ta="right">
                {keys.map((key) => (
                  <kbd key={key} style={{ marginInlineStart: 4 }}>
                    {key}
                  </kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
