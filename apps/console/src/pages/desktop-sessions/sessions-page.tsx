import { sessionStateSchema } from '@atelier/api';
import { Group } from '@mantine/core';
import { useMay } from '../../api/me.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { type SessionFilter, SessionTable } from './session-table.tsx';

const whiches = ['live', 'ended', 'all'] as const;

/** People on targets, live. */
export function SessionsPage() {
  const t = useT();
  const may = useMay();
  const [user] = useParam('user');
  const [collection, setCollection] = useParam('collection');
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
        {may('collection:read') && (
          <div className="filter">
            <ObjectSelect
              source="collection"
              placeholder={t('palette.collection')}
              value={collection || null}
              onChange={setCollection}
              clearable
            />
          </div>
        )}
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
