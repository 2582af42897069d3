import { targetStandingSchema, targetStateSchema } from '@atelier/api';
import { Group } from '@mantine/core';
import { useLocation } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { CollectionFilter } from '../../components/collection-filter.tsx';
import { Empty } from '../../components/empty.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { TargetTable } from './target-table.tsx';

const yesOrNo = ['yes', 'no'] as const;

/** Targets of all collections, by name. */
export function TargetsPage() {
  const t = useT();
  const may = useMay();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [collection] = useParam('collection');
  const which = targetStandingSchema.safeParse(useParam('which')[0]).data;
  const state = targetStateSchema.safeParse(useParam('state')[0]).data;
  const [silent] = useParam('hostSilent');
  const hostSilent = yesOrNo.find((one) => one === silent);
  const filter = { search: search || undefined, collection: collection || undefined, which, state, hostSilent };
  const pages = usePages('targets', 'list', { query: filter });
  const filters = Object.values(filter).filter((one) => one !== undefined).length;
  const empty =
    which === 'down' && filters === 1 ? (
      <Empty icon="check" title={t('targets.noneDown')}>
        {t('targets.noneDownText')}
      </Empty>
    ) : hostSilent === 'yes' && filters === 1 ? (
      <Empty icon="check" title={t('targets.noneSilent')}>
        {t('targets.noneSilentText')}
      </Empty>
    ) : filters > 0 ? (
      <Empty icon="search" title={t('common.noMatch')}>
        {t('common.noMatchText')}
      </Empty>
    ) : (
      <Empty
        icon="target"
        title={t('targets.empty')}
        action={
          may('collection:read') && (
            <ActionButton onClick={() => go('/collections')}>{t('nav.collections')}</ActionButton>
          )
        }
      >
        {t('targets.emptyAllText')}
      </Empty>
    );
  return (
    <Page
      title={t('nav.targets')}
      about={t('targets.about')}
      equivalent={{
        cli: ['atelier target ls', 'atelier target ls --which down', 'atelier target drain TARGET'],
        api: 'GET /targets',
      }}
    >
      <Group>
        <SearchField label={t('targets.search')} />
        <CollectionFilter />
        <FilterSelect
          param="which"
          label={t('targets.which')}
          options={targetStandingSchema.options.map((one) => ({ value: one, label: t(`targets.which_${one}`) }))}
        />
        <FilterSelect
          param="state"
          label={t('common.state')}
          options={targetStateSchema.options.map((one) => ({ value: one, label: t(`targetState.${one}`) }))}
        />
        <FilterSelect
          param="hostSilent"
          label={t('targets.hostSilent')}
          options={yesOrNo.map((one) => ({ value: one, label: t(`targets.hostSilent_${one}`) }))}
        />
      </Group>
      <TargetTable pages={pages} caption={t('nav.targets')} empty={empty} />
    </Page>
  );
}
