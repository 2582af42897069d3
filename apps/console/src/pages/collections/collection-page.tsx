import { Alert, Skeleton } from '@mantine/core';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { usePages, useRead } from '../../api/query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { shellWord } from '../../components/shell-word.ts';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { DecisionTable } from '../decisions/decision-table.tsx';
import { SessionTable } from '../desktop-sessions/session-table.tsx';
import { MachineJobsTab } from '../machine-jobs/machine-jobs-tab.tsx';
import { CollectionSettingsTab } from './collection-settings-tab.tsx';
import { CollectionSteps } from './collection-steps.tsx';
import { PeopleTab } from './people-tab.tsx';
import { ProgramsTab } from './programs-tab.tsx';
import { TargetsTab } from './targets-tab.tsx';
import { isMade } from './vm-form.ts';

/** One collection. */
export function CollectionPage({ id, tab }: { id: string; tab: string }) {
  const t = useT();
  const may = useMay();
  const [, go] = useLocation();
  const read = useRead('collections', 'get', { params: { id } });
  const people = usePages('collections', 'listEntitlements', { params: { id } });
  const remove = useAct(() => api.collections.remove({ params: { id } }), {
    touches: ['collections'],
    quiet: true,
    onDone: () => go('/collections'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const collection = read.data;
  if (!collection) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const { name, counts } = collection;
  // Where the broker makes the machines, nobody adds any.
  const targets = isMade(collection.vm) ? Math.max(1, counts.targets) : counts.targets;
  const begun = targets > 0 && people.rows.length > 0;
  const word = shellWord(name);
  const filter = { collection: id };
  const tabs = [
    { key: 'targets', title: t('collections.targets'), content: () => <TargetsTab collection={collection} /> },
    { key: 'people', title: t('collections.people'), content: () => <PeopleTab collection={collection} /> },
    { key: 'programs', title: t('collections.programs'), content: () => <ProgramsTab collection={collection} /> },
    ...(collection.kind === 'pooled-vms' || collection.kind === 'personal-vms'
      ? [{ key: 'machines', title: t('machineJobs.title'), content: () => <MachineJobsTab collection={collection} /> }]
      : []),
    ...(may('session:read')
      ? [{ key: 'sessions', title: t('collections.sessions'), content: () => <SessionTable filter={filter} /> }]
      : []),
    ...(may('broker:read')
      ? [{ key: 'decisions', title: t('nav.decisions'), content: () => <DecisionTable filter={filter} /> }]
      : []),
    {
      key: 'settings',
      title: t('collections.settings'),
      content: () => <CollectionSettingsTab collection={collection} />,
    },
    { key: 'api', title: 'API', content: () => <JsonView value={collection} label={`GET /collections/${id}`} /> },
  ];
  return (
    <Page
      title={name}
      parent={{ title: t('nav.collections'), href: '/collections' }}
      about={collection.description || t(`collectionKind.${collection.kind}`)}
      equivalent={{
        cli: [
          `atelier collection show ${word}`,
          `atelier target add NAME --collection ${word} --address NAME`,
          `atelier collection entitle ${word} --group everyone`,
        ],
        api: `GET /collections/${id}`,
      }}
      actions={
        <ConfirmButton
          title={t('collections.deleteTitle', { name })}
          verb={t('common.delete')}
          typeName={name}
          act={() => remove.mutateAsync()}
          button={{ needs: 'collection:write', on: [{ kind: 'collection', id }] }}
        >
          {t('collections.deleteText')}
        </ConfirmButton>
      }
    >
      {!collection.enabled && (
        <Alert color="yellow" icon={<Icon name="warning" />}>
          {t('collections.off')}
        </Alert>
      )}
      {!people.isPending && !begun && <CollectionSteps of={{ id, targets, entitled: people.rows.length }} />}
      <RouteTabs base={`/collections/${id}`} tab={tab} tabs={tabs} />
    </Page>
  );
}
