import { Alert, Text } from '@mantine/core';
import { usePages } from '../../api/query.ts';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';

/** Folders of plug-ins that brokers cannot use: why, and what to do. Nothing when all is well. */
export function PlugInProblems() {
  const t = useT();
  const pages = usePages('broker', 'listPluginProblems', {});
  return pages.rows.map((one) => (
    <Alert
      key={`${one.brokerId} ${one.source}`}
      color="red"
      variant="outline"
      className="alert-bad"
      radius="lg"
      icon={<Icon name="error" />}
      title={t('broker.unusable', { name: one.plugin ?? one.source })}
    >
      <Text size="sm">{one.problem}</Text>
      <Text size="sm" mt={6}>
        <b>{t('broker.unusableFix')}</b> {one.fix}
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        <span className="mono">{one.source}</span> {t('broker.unusableOn', { broker: one.broker })} ·{' '}
        <Time at={one.at} ago />
      </Text>
    </Alert>
  ));
}
