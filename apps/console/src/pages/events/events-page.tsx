import { severitySchema } from '@atelier/api';
import { Button, Group } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useRead } from '../../api/query.ts';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useT } from '../../i18n/use-t.ts';
import { EventTable } from './event-table.tsx';

const ages = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const;
const minute = 60_000;

/** What happened on endpoints and server, live. */
export function EventsPage() {
  const t = useT();
  const [params] = useSearchParams();
  const catalogue = useRead('events', 'catalogue', undefined, { staleTime: Number.POSITIVE_INFINITY });
  const categories = [...new Set((catalogue.data?.items ?? []).map((kind) => kind.category))].sort();
  const text = (name: string) => params.get(name) || undefined;
  const age = params.get('age') as keyof typeof ages | null;
  // Rounded down to the minute, so that the question stays the same while somebody looks at its answer.
  const since =
    age && age in ages ? new Date(Math.floor((Date.now() - ages[age]) / minute) * minute).toISOString() : undefined;
  const severity = severitySchema.safeParse(params.get('severity')).data;
  const filter = {
    severity,
    category: text('category'),
    source: text('source'),
    user: text('user'),
    workspace: text('workspace'),
    correlationId: text('correlationId'),
    since,
  };
  const flags = Object.entries({
    severity,
    category: filter.category,
    source: filter.source,
    user: filter.user,
  }).flatMap(([name, value]) => (value ? [`--${name} ${value}`] : []));
  return (
    <Page
      title={t('nav.events')}
      about={t('events.about')}
      equivalent={{
        cli: [['atelier event ls', ...flags].join(' '), 'atelier event tail'],
        api: `GET /events${severity ? `?severity=${severity}` : ''}`,
      }}
      actions={
        <Button
          component={Link}
          href="/reports/status"
          variant="default"
          leftSection={<Icon name="report" size={16} />}
        >
          {t('events.statusReport')}
        </Button>
      }
    >
      <Group gap="sm">
        <SearchField label={t('events.userSearch')} param="user" />
        <FilterSelect
          param="severity"
          label={t('events.severity')}
          options={severitySchema.options.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        />
        <FilterSelect
          param="category"
          label={t('events.category')}
          options={categories.map((one) => ({ value: one, label: one }))}
        />
        <FilterSelect
          param="age"
          label={t('events.age')}
          options={(Object.keys(ages) as (keyof typeof ages)[]).map((one) => ({
            value: one,
            label: t(`events.age_${one}`),
          }))}
        />
      </Group>
      <EventTable fixed={filter} filtered={Object.values(filter).some(Boolean)} />
    </Page>
  );
}
