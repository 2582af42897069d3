import type { Overview } from '@atelier/api';
import { Anchor, Button, Group, SimpleGrid, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { Panel } from '../../components/panel.tsx';
import { useT } from '../../i18n/use-t.ts';
import { CountCard } from './count-card.tsx';

type Broker = Overview['broker'];

/** What is still lacking before somebody can be connected, and where it is done; null: nothing. */
function lackOf({ collections, targets, alive }: Broker) {
  if (collections === 0) return { key: 'collection', href: '/collections?new=1', needs: 'collection:write' } as const;
  if (targets.total === 0) return { key: 'target', href: '/collections', needs: 'target:write' } as const;
  if (alive === 0) return { key: 'process', href: '/broker', needs: 'broker:read' } as const;
  return null;
}

/** The connection broker in four numbers, each with the way to its list; before there is anything to count, the next step. */
export function BrokerPanel({ broker }: { broker: Broker }) {
  const t = useT();
  const may = useMay();
  const lack = lackOf(broker);
  const { targets, lastHour } = broker;
  const others = targets.total - targets.up - targets.draining - targets.down;
  return (
    <Panel
      title={t('navGroup.desktops')}
      side={
        <Anchor component={Link} href="/collections" size="sm">
          {t('overview.allCollections')}
        </Anchor>
      }
    >
      {lack && (
        <Group justify="space-between" gap="sm">
          <Text size="sm" c="dimmed" style={{ flex: '1 1 260px' }}>
            {t(`overview.lack_${lack.key}`)}
          </Text>
          {may(lack.needs) && (
            <Button component={Link} href={lack.href} size="xs">
              {t(`overview.lackDo_${lack.key}`)}
            </Button>
          )}
        </Group>
      )}
      {targets.total > 0 && (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="md" mt={lack ? 'md' : 0}>
          <CountCard
            href="/desktop-sessions"
            title={t('overview.sessionsNow')}
            value={broker.sessions}
            note={t('overview.connecting', { count: broker.connecting })}
          />
          <CountCard
            href="/targets"
            title={t('overview.targetsUp')}
            value={targets.up}
            note={[
              t('overview.draining', { count: targets.draining }),
              t('overview.down', { count: targets.down }),
              others > 0 && t('overview.otherTargets', { count: others }),
            ]
              .filter(Boolean)
              .join(' · ')}
          />
          <CountCard
            href="/decisions?outcome=failed&time=hour"
            title={t('overview.refusedNow')}
            value={lastHour.refused}
            note={t('overview.lastHour', { count: lastHour.timedOut })}
          />
          <CountCard
            href="/broker"
            title={t('nav.broker')}
            value={broker.alive}
            note={t(broker.alive === 0 ? 'overview.noneAlive' : 'overview.alive')}
          />
        </SimpleGrid>
      )}
    </Panel>
  );
}
