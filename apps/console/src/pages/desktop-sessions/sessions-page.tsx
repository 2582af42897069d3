import { sessionStateSchema } from '@atelier/api';
import { Group } from '@mantine/core';
import { CollectionFilter } from '../../components/collection-filter.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { type SessionFilter, SessionTable } from './session-table.tsx';

const whiches = ['live', 'ended', 'all'] as const;

/** People on targets, live. */
export function SessionsPage() {
  const t = useT();
  const [user] = useParam('user');
  const [collection] = useParam('collection');
  const [state] = useParam('state');
  const [which] = useParam('which');
  const filter: SessionFilter = {
    user: user || undefined,
    collection: collection || undefined,
    state: sessionStateSchema.safeParse(state).data,
    which: whiches.find((one) => one === which),
  };
  return (
    <Page
      title={t('nav.desktopSessions')}
      about={t('desktopSessions.about')}
      equivalent={{
        cli: ['atelier session ls', 'atelier session message SESSION TEXT', 'atelier session log-off SESSION'],
        api: 'GET /desktop-sessions',
      }}
    >
      <Group>
        <SearchField param="user" label={t('desktopSessions.search')} />
        <CollectionFilter />
        <FilterSelect
          param="state"
          label={t('common.state')}
          options={sessionStateSchema.options.map((one) => ({ value: one, label: t(`desktopSessionState.${one}`) }))}
        />
        <FilterSelect
          param="which"
          label={t('desktopSessions.which')}
          options={whiches.map((one) => ({ value: one, label: t(`desktopSessions.which_${one}`) }))}
        />
      </Group>
      <SessionTable filter={filter} filtered={Object.values(filter).some((one) => one !== undefined)} />
    </Page>
  );
}
