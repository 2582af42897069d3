import type { Overview } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Panel } from '../../components/panel.tsx';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

/** What somebody should look at, each with the way there. */
export function Attention({ data }: { data: Overview }) {
  const t = useT();
  const offline = data.endpoints.total - data.endpoints.online;
  const { broker } = data;
  const items: { show: boolean; tone: Tone; text: string; href: string }[] = [
    {
      show: data.instances.failed > 0,
      tone: 'bad',
      text: t('overview.failedInstances', { count: data.instances.failed }),
      href: '/events?severity=error',
    },
    {
      show: data.events24h.error > 0,
      tone: 'bad',
      text: t('overview.errors24h', { count: data.events24h.error }),
      href: '/events?severity=error',
    },
    {
      show: data.events24h.warning > 0,
      tone: 'warn',
      text: t('overview.warnings24h', { count: data.events24h.warning }),
      href: '/events?severity=warning',
    },
    {
      show: broker.collections > 0 && broker.alive === 0,
      tone: 'bad',
      text: t('overview.noBroker'),
      href: '/broker',
    },
    {
      show: broker.targets.down > 0,
      tone: 'bad',
      text: t('overview.targetsDown', { count: broker.targets.down }),
      href: '/targets?which=down',
    },
    {
      show: broker.targets.hostSilent > 0,
      tone: 'warn',
      text: t('overview.hostSilent', { count: broker.targets.hostSilent }),
      href: '/targets?hostSilent=yes',
    },
    {
      show: broker.lastHour.refused > 0,
      tone: 'warn',
      text: t('overview.refused', { count: broker.lastHour.refused }),
      href: '/decisions?outcome=failed&time=hour',
    },
    {
      show: broker.lastHour.timedOut > 0,
      tone: 'warn',
      text: t('overview.timedOut', { count: broker.lastHour.timedOut }),
      href: '/decisions?outcome=timed-out&time=hour',
    },
    { show: offline > 0, tone: 'warn', text: t('overview.offline', { count: offline }), href: '/endpoints' },
    {
      show: data.instances.transferring > 0,
      tone: 'busy',
      text: t('overview.transferring', { count: data.instances.transferring }),
      href: '/endpoints',
    },
    {
      show: data.tasksRunning > 0,
      tone: 'busy',
      text: t('overview.tasksRunning', { count: data.tasksRunning }),
      href: '/tasks',
    },
  ];
  const shown = items.filter((item) => item.show);
  return (
    <Panel title={t('overview.attention')}>
      {shown.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t('overview.allQuiet')}
        </Text>
      ) : (
        <ul className="plain-list">
          {shown.map((item) => (
            <li key={item.text}>
              <StateBadge tone={item.tone}>{item.text}</StateBadge>
              <Anchor component={Link} href={item.href} size="sm" aria-label={`${t('common.show')}: ${item.text}`}>
                {t('common.show')}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
