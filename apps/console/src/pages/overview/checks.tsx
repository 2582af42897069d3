import type { Overview } from '@atelier/api';
import { Text } from '@mantine/core';
import { Panel } from '../../components/panel.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';

/** The server's own health checks. */
export function Checks({ data }: { data: Overview }) {
  const t = useT();
  const bad = data.checks.filter((check) => !check.ok).length;
  return (
    <Panel
      title={t('overview.health')}
      side={
        <StateBadge tone={bad === 0 ? 'good' : 'bad'}>
          {bad === 0 ? t('overview.healthy') : t('overview.unhealthy', { count: bad })}
        </StateBadge>
      }
    >
      <ul className="plain-list">
        {data.checks.map((check) => (
          <li key={check.name}>
            <StateBadge tone={check.ok ? 'good' : 'bad'}>{check.name}</StateBadge>
            <Text size="sm" c="dimmed" ta="right">
              {check.detail}
            </Text>
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" mt="sm">
        {t('overview.version', { version: data.version })} · {t('overview.since')} <Time at={data.startedAt} ago />
      </Text>
    </Panel>
  );
}
