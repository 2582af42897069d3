import { AppShell, Burger, Group, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect } from 'react';
import { useLocation } from 'wouter';
import { useT } from '../i18n/use-t.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { HeaderTools } from './header-tools.tsx';
import { Logo } from './logo.tsx';
import { Nav } from './nav.tsx';
import { Pages } from './pages.tsx';
import { Palette } from './palette.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { TaskTray } from './task-tray.tsx';
import { useConnection } from './use-connection.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** Everything around the pages: navigation, search, live state, tasks. */
export function Shell() {
  const t = useT();
  const [path] = useLocation();
  const [menu, menuDo] = useDisclosure();
  const [search, searchDo] = useDisclosure();
  const [help, helpDo] = useDisclosure();
  const connection = useConnection();
  useShortcuts({ search: searchDo.open, help: helpDo.open });
  useEffect(menuDo.close, [path]);
  return (
    <>
      <a className="skip-link" href="#content">
        {t('shell.skip')}
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !menu } }}
        padding={0}
      >
        <AppShell.Header className="shell-header">
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap">
              <Burger
                opened={menu}
                onClick={menuDo.toggle}
                hiddenFrom="md"
                size="sm"
                aria-label={t(menu ? 'shell.closeMenu' : 'shell.openMenu')}
              />
              <Logo />
            </Group>
            <HeaderTools openSearch={searchDo.open} openHelp={helpDo.open} connection={connection} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className="shell-nav" p="sm" aria-label={t('shell.navigation')}>
          <Nav />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className="shell-main">
          <ConnectionBanner connection={connection} />
          <div className="shell-content">
            <ErrorBoundary key={path}>
              <Suspense fallback={<Loader size="sm" aria-label={t('common.loading')} />}>
                <Pages />
              </Suspense>
            </ErrorBoundary>
          </div>
        </AppShell.Main>
      </AppShell>
      <TaskTray />
      <Palette opened={search} onClose={searchDo.close} />
      <ShortcutHelp opened={help} onClose={helpDo.close} />
    </>
  );
}
