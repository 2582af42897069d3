import { Group } from '@mantine/core';
import { useMemo } from 'react';
import { CollectionFilter } from '../../components/collection-filter.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { decisionOutcomes } from './decision-outcome-badge.tsx';
import { type DecisionFilter, DecisionTable } from './decision-table.tsx';

const hours = { hour: 1, day: 24, week: 168 } as const;
type Span = keyof typeof hours;

/** What brokers decided, and why. */
export function DecisionsPage() {
  const t = useT();
  const [user] = useParam('user');
  const [collection] = useParam('collection');
  const [outcome] = useParam('outcome');
  const [session] = useParam('session');
  const [time] = useParam('time');
  // The moment of choosing, not that of each drawing: else the list would be another one each time.
  const from = useMemo(
    () => (time in hours ? new Date(Date.now() - hours[time as Span] * 3_600_000).toISOString() : undefined),
    [time],
  );
  const filter: DecisionFilter = {
    user: user || undefined,
    collection: collection || undefined,
    outcome: decisionOutcomes.find((one) => one === outcome),
    sessionId: session || undefined,
    from,
  };
  return (
    <Page
      title={t('nav.decisions')}
      about={t('decisions.about')}
      equivalent={{
        cli: ['atelier broker connections', 'atelier broker connections --outcome failed --from 24h'],
        api: 'GET /broker/connections',
      }}
    >
      <Group>
        <SearchField param="user" label={t('decisions.search')} />
        <CollectionFilter />
        <FilterSelect
          param="outcome"
          label={t('decisions.outcome')}
          options={decisionOutcomes.map((one) => ({ value: one, label: t(`decisionOutcome.${one}`) }))}
        />
        <FilterSelect
          param="time"
          label={t('decisions.time')}
          options={(Object.keys(hours) as Span[]).map((one) => ({ value: one, label: t(`decisions.${one}`) }))}
        />
      </Group>
      <DecisionTable filter={filter} filtered={Object.values(filter).some((one) => one !== undefined)} />
    </Page>
  );
}
