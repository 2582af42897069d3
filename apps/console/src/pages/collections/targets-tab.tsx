import type { CollectionView } from '@atelier/api';
import { Group } from '@mantine/core';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { TargetModal } from '../targets/target-modal.tsx';
import { TargetTable } from '../targets/target-table.tsx';
import { isMade } from './vm-form.ts';

/** Targets of a collection, and the way to add one. */
export function TargetsTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const [search] = useParam('search');
  const [adding, setAdding] = useParam('add');
  const pages = usePages('targets', 'list', { query: { collection: collection.id, search: search || undefined } });
  const button = (
    <ActionButton needs="target:write" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('1')}>
      {t('targets.add')}
    </ActionButton>
  );
  return (
    <>
      {(pages.rows.length > 0 || search !== '') && (
        <Group justify="space-between" mb="md">
          <SearchField label={t('targets.search')} />
          {button}
        </Group>
      )}
      <TargetTable
        pages={pages}
        collection={collection}
        caption={t('collections.targets')}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="target" title={t('targets.empty')} action={isMade(collection.vm) ? undefined : button}>
              {t(isMade(collection.vm) ? 'targets.emptyMadeText' : 'targets.emptyText')}
            </Empty>
          )
        }
      />
      <TargetModal collection={collection} target={null} opened={adding !== ''} onClose={() => setAdding(null)} />
    </>
  );
}
