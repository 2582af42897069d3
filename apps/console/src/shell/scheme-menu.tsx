import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Icon } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';

const schemes = [
  ['auto', 'system'],
  ['light', 'sun'],
  ['dark', 'moon'],
] as const;

/** Light, dark, or as the system says. */
export function SchemeMenu() {
  const t = useT();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme('light');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('shell.scheme')}>
          <ActionIcon aria-label={t('shell.scheme')}>
            <Icon name={now === 'dark' ? 'moon' : 'sun'} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(([scheme, icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} />}
            rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}
            aria-current={colorScheme === scheme || undefined}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`shell.scheme_${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
