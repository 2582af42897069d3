import { Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePages } from '../../api/query.ts';
import { Empty } from '../../components/empty.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';
import { PlugInCard } from './plug-in-card.tsx';
import { PlugInModal } from './plug-in-modal.tsx';
import { PlugInProblems } from './plug-in-problems.tsx';

/** The chain of plug-ins in the order in which they are asked, down to the broker's own rules. */
export function PlugInsTab() {
  const t = useT();
  const [editing, setEditing] = useState<string | null>(null);
  const pages = usePages('broker', 'listPlugins', {});
  if (pages.error !== null && pages.rows.length === 0)
    return <ProblemAlert error={pages.error} retry={() => pages.refetch()} />;
  if (pages.isPending) return <Skeleton height={180} radius="lg" aria-label={t('common.loading')} />;
  const edited = pages.rows.find((one) => one.name === editing);
  return (
    <Stack>
      <PlugInProblems />
      {pages.rows.length === 0 ? (
        <div className="card">
          <Empty icon="channel" title={t('broker.noPlugIns')}>
            {t('broker.noPlugInsText')}
          </Empty>
        </div>
      ) : (
        <Text size="sm" c="dimmed" maw={720}>
          {t('broker.plugInsText')}
        </Text>
      )}
      <ol className="plug-ins">
        {pages.rows.map((plugin) => (
          <PlugInCard key={plugin.name} plugin={plugin} edit={() => setEditing(plugin.name)} />
        ))}
        <li className="card plug-in">
          <Title order={2}>{t('broker.ownRules')}</Title>
          <Text size="sm" c="dimmed">
            {t('broker.ownRulesText')}
          </Text>
        </li>
      </ol>
      {pages.hasNextPage && (
        <Button variant="default" onClick={() => pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          {t('common.loadMore')}
        </Button>
      )}
      {edited && <PlugInModal plugin={edited} onClose={() => setEditing(null)} />}
    </Stack>
  );
}
