import type { MyDesktop } from '@atelier/api';
import { Button, Group, Menu, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { Icon } from '../../components/icon.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { DesktopPrograms } from './desktop-programs.tsx';

/** One desktop of the person: whether they have a session there, and the ways in. */
export function DesktopCard({
  desktop,
  address,
  ticket,
}: {
  desktop: MyDesktop;
  /** What clients dial; empty while nobody said it. */
  address: string;
  ticket: () => void;
}) {
  const t = useT();
  const { collectionId, name, session, available } = desktop;
  const heading = `desktop-${collectionId}`;
  const tone = session?.state === 'active' ? 'good' : session?.state === 'disconnected' ? 'warn' : 'busy';
  return (
    <section className="card my-card" aria-labelledby={heading}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Group gap="md" align="flex-start" wrap="nowrap" style={{ flex: '1 1 260px', minWidth: 0 }}>
          <span className="my-mark">
            <Icon name="screen" size={24} />
          </span>
          <div style={{ minWidth: 0 }}>
            <Title order={2} id={heading}>
              {name}
            </Title>
            {desktop.description && (
              <Text size="sm" c="dimmed">
                {desktop.description}
              </Text>
            )}
            {session ? (
              <>
                <Text size="sm" mt={6} component="div">
                  <StateBadge tone={tone}>
                    {t('myDesktops.sessionOn', {
                      state: t(`desktopSessionState.${session.state}`),
                      target: session.target,
                    })}
                  </StateBadge>{' '}
                  <Text span size="sm" c="dimmed">
                    · <Time at={session.disconnectedAt ?? session.createdAt} ago />
                  </Text>
                </Text>
                {session.state !== 'connecting' && (
                  <Text size="sm" c="dimmed">
                    {t('myDesktops.back')}
                  </Text>
                )}
              </>
            ) : (
              <Text size="sm" c="dimmed" mt={6}>
                {t(available ? 'myDesktops.noSession' : 'myDesktops.none')}
              </Text>
            )}
          </div>
        </Group>
        <Menu position="bottom-end" width={250} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button
              rightSection={<Icon name="down" size={14} />}
              aria-label={t('myDesktops.openIt', { name })}
              variant={available ? 'filled' : 'default'}
            >
              {t('myDesktops.open')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              component={Link}
              href={`/my/desktops/${encodeURIComponent(name)}/screen`}
              leftSection={<Icon name="screen" size={16} />}
            >
              {t('myDesktops.inBrowser')}
            </Menu.Item>
            <Menu.Item
              component="a"
              href={desktop.rdpFile}
              download
              disabled={address === ''}
              leftSection={<Icon name="update" size={16} />}
            >
              {t('myDesktops.rdpFile')}
            </Menu.Item>
            <Menu.Item onClick={ticket} leftSection={<Icon name="key" size={16} />}>
              {t('myDesktops.ticket')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {address !== '' && <DesktopPrograms desktop={desktop} />}
    </section>
  );
}
