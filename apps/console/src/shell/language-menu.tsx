import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { Icon } from '../components/icon.tsx';
import { type Language, languages, setLanguage } from '../i18n/i18n.ts';
import { useLocale, useT } from '../i18n/use-t.ts';

/** Switches the language and remembers it. */
export function LanguageMenu() {
  const t = useT();
  const now = useLocale();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('shell.language')}>
          <ActionIcon aria-label={t('shell.language')}>
            <Icon name="language" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => void setLanguage(code as Language)}
            rightSection={now === code ? <Icon name="check" size={14} /> : null}
            aria-current={now === code || undefined}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
