import { ActionIcon, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { useLocation } from 'wouter';
import type { Connection } from '../api/changes.ts';
import { api } from '../api/client.ts';
import { useMe } from '../api/me.tsx';
import { Icon } from '../components/icon.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useAct } from '../components/use-act.ts';
import { useT } from '../i18n/use-t.ts';
import { LanguageMenu } from './language-menu.tsx';
import { SchemeMenu } from './scheme-menu.tsx';

/** Right side of the header: search, live state, help, language, light or dark, the person. */
export function HeaderTools({
  openSearch,
  openHelp,
  connection,
}: {
  openSearch: () => void;
  openHelp: () => void;
  connection: Connection;
}) {
  const t = useT();
  const me = useMe();
  const [, go] = useLocation();
  const signOut = useAct(() => api.sessions.signOut(), { onDone: () => location.assign('/') });
  const name = me.user.displayName || me.user.name;
  return (
    <div className="header-tools">
      <UnstyledButton className="search-button" onClick={openSearch} aria-keyshortcuts="Control+K">
        <Icon name="search" size={16} />
        <span>{t('palette.open')}</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <div className="live-state" aria-live="polite">
        <StateBadge tone={connection === 'live' ? 'good' : connection === 'offline' ? 'bad' : 'idle'}>
          {t(`shell.${connection}`)}
        </StateBadge>
      </div>
      <Tooltip label={t('shell.help')}>
        <ActionIcon onClick={openHelp} aria-label={t('shell.help')} visibleFrom="sm">
          <Icon name="keyboard" />
        </ActionIcon>
      </Tooltip>
      <LanguageMenu />
      <SchemeMenu />
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <UnstyledButton className="person-button" aria-label={t('shell.person', { name })}>
            <span className="avatar" aria-hidden="true">
              {name.slice(0, 1).toUpperCase()}
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{name}</Menu.Label>
          <Menu.Item leftSection={<Icon name="user" />} onClick={() => go('/account')}>
            {t('nav.account')}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="key" />} onClick={() => go('/account/tokens')}>
            {t('nav.tokens')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="signout" />} onClick={() => signOut.mutate()}>
            {t('shell.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
