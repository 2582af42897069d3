import type { BrokerPlugin } from '@atelier/api';
import { Text } from '@mantine/core';
import { DataTable } from '../../components/data-table.tsx';
import { localPages } from '../../components/local-pages.ts';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { offerText } from '../decisions/known-text.ts';

type Health = BrokerPlugin['health'][number];
const tones: Readonly<Record<Health['state'], Tone>> = {
  starting: 'busy',
  ready: 'good',
  suspended: 'warn',
  restarting: 'busy',
  failed: 'bad',
  stopped: 'idle',
};

/** How a plug-in fares in each broker. */
export function PlugInHealth({ plugin }: { plugin: BrokerPlugin }) {
  const t = useT();
  if (plugin.health.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('broker.notLoaded')}
      </Text>
    );
  return (
    <DataTable
      pages={localPages(plugin.health)}
      rowKey={(one) => one.brokerId}
      caption={t('broker.health', { name: plugin.name })}
      empty={null}
      columns={[
        { title: t('broker.onBroker'), cell: (one) => one.broker },
        {
          title: t('common.state'),
          cell: (one) => (
            <div>
              <StateBadge tone={tones[one.state]}>{t(`pluginState.${one.state}`)}</StateBadge>
              {one.suspendedUntil && (
                <Text size="sm" c="dimmed">
                  {t('broker.suspendedUntil')} <Time at={one.suspendedUntil} />
                </Text>
              )}
            </div>
          ),
        },
        {
          title: t('broker.offers'),
          cell: (one) => one.offers.map((offer) => offerText(offer)).join(', ') || '—',
        },
        { title: t('broker.calls'), align: 'right', cell: (one) => one.calls },
        { title: t('broker.failures'), align: 'right', cell: (one) => one.failures },
        { title: t('broker.timeOuts'), align: 'right', cell: (one) => one.timeOuts },
        { title: t('broker.restarts'), align: 'right', cell: (one) => one.restarts },
        {
          title: t('broker.lastError'),
          cell: (one) =>
            one.lastError ? (
              <div>
                {one.lastError}
                {one.state === 'failed' && plugin.source !== 'atelier' && (
                  <Text size="sm">{t('broker.failedFix', { source: plugin.source })}</Text>
                )}
                <Text size="sm" c="dimmed">
                  <Time at={one.lastErrorAt} ago />
                </Text>
              </div>
            ) : (
              '—'
            ),
        },
      ]}
    />
  );
}
