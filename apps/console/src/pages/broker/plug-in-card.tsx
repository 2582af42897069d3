import type { BrokerPlugin } from '@atelier/api';
import { Group, Switch, Text, Title } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { useAct } from '../../components/use-act.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { stageText } from '../decisions/known-text.ts';
import { PlugInHealth } from './plug-in-health.tsx';

/** One plug-in: how it takes part, how it fares, and what can be done about it. */
export function PlugInCard({ plugin, edit }: { plugin: BrokerPlugin; edit: () => void }) {
  const t = useT();
  const may = useMay();
  const locale = useLocale();
  const { name, enabled, budgets } = plugin;
  const enable = useAct((next: boolean) => api.broker.enablePlugin({ params: { name }, body: { enabled: next } }), {
    touches: ['broker'],
    done: (one) => t(one.enabled ? 'broker.enabled' : 'broker.disabled', { name }),
  });
  const reset = useAct(() => api.broker.resetPlugin({ params: { name } }), {
    touches: ['broker'],
    done: t('broker.resetDone', { name }),
  });
  const said = [
    plugin.collections.join(', ') || t('broker.allCollections'),
    t('broker.onFailureIs', { what: t(`broker.onFailure_${plugin.onFailure}`) }),
    ...Object.entries(budgets).map(([stage, ms]) => `${stageText(stage)} ${ms.toLocaleString(locale)} ms`),
  ];
  return (
    <li className="card plug-in">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 240px', minWidth: 0 }}>
          <Group gap={10}>
            <Title order={2}>{name}</Title>
            <span className="tag">{t('broker.priorityOf', { priority: plugin.priority })}</span>
          </Group>
          <Text size="sm" c="dimmed">
            {said.join(' · ')}
          </Text>
          {plugin.source && (
            <Text size="xs" c="dimmed" className="mono">
              {plugin.source}
            </Text>
          )}
        </div>
        <Group gap="xs">
          <Switch
            label={t(enabled ? 'broker.isAsked' : 'broker.notAsked')}
            aria-label={t('broker.enableOf', { name })}
            checked={enabled}
            disabled={!may('broker:write') || enable.isPending}
            onChange={(event) => enable.mutate(event.currentTarget.checked)}
          />
          <ActionButton
            size="xs"
            variant="default"
            needs="broker:write"
            loading={reset.isPending}
            onClick={() => reset.mutate()}
            aria-label={t('broker.resetOf', { name })}
          >
            {t('broker.reset')}
          </ActionButton>
          <ActionButton
            size="xs"
            variant="default"
            needs="broker:write"
            onClick={edit}
            aria-label={`${t('common.edit')} ${name}`}
          >
            {t('common.edit')}
          </ActionButton>
        </Group>
      </Group>
      <PlugInHealth plugin={plugin} />
    </li>
  );
}
