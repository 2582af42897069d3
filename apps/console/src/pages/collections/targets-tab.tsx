import type { CollectionView, TargetView } from '@atelier/api';
import { Anchor, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { formatAddress } from './target-address.ts';
import { TargetDetail } from './target-detail.tsx';
import { TargetLoad } from './target-load.tsx';
import { TargetModal } from './target-modal.tsx';
import { TargetStateBadge } from './target-state-badge.tsx';

const touches = ['targets', 'collections', 'myDesktops'];

function TargetActions({ target, edit }: { target: TargetView; edit: () => void }) {
  const t = useT();
  const { id, name, drain, provider, numSessions, numPending } = target;
  const people = numSessions + numPending;
  const draining = useAct(() => api.targets.drain({ params: { id }, body: { drain: !drain } }), {
    touches,
    done: t(drain ? 'targets.undrainDone' : 'targets.drainDone', { name }),
  });
  const remove = useAct(() => api.targets.remove({ params: { id }, query: { force: people > 0 ? 'yes' : 'no' } }), {
    touches,
    quiet: true,
  });
  const blocked = provider !== 'atelier' && t('targets.keptElsewhere', { name: provider });
  return (
    <Group gap={6} justify="flex-end">
      <ActionButton
        size="xs"
        variant="default"
        needs="target:write"
        loading={draining.isPending}
        onClick={() => draining.mutate()}
        aria-label={t(drain ? 'targets.undrainOf' : 'targets.drainOf', { name })}
      >
        {t(drain ? 'targets.undrain' : 'targets.drain')}
      </ActionButton>
      <ActionButton
        size="xs"
        variant="default"
        needs="target:write"
        blocked={blocked}
        onClick={edit}
        aria-label={`${t('common.edit')} ${name}`}
      >
        {t('common.edit')}
      </ActionButton>
      <ConfirmButton
        title={t('targets.removeTitle', { name })}
        verb={t('common.remove')}
        act={() => remove.mutateAsync()}
        button={{ size: 'xs', needs: 'target:write', blocked, 'aria-label': `${t('common.remove')} ${name}` }}
      >
        {t('targets.removeText')}
        {people > 0 && (
          <Text size="sm" mt={6} fw={560}>
            {t('targets.removeForceText', { count: people })}
          </Text>
        )}
      </ConfirmButton>
    </Group>
  );
}

/** Targets of a collection: how they are, who is on them, and what can be done about them. */
export function TargetsTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const [search] = useParam('search');
  const [adding, setAdding] = useParam('add');
  const [editing, setEditing] = useState<TargetView | null>(null);
  const [shown, setShown] = useState<TargetView | null>(null);
  const pages = usePages('targets', 'list', { query: { collection: collection.id, search: search || undefined } });
  const button = (
    <ActionButton needs="target:write" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('1')}>
      {t('targets.add')}
    </ActionButton>
  );
  // What the drawer shows follows the list.
  const detail = pages.rows.find((one) => one.id === shown?.id) ?? shown;
  return (
    <>
      {(pages.rows.length > 0 || search !== '') && (
        <Group justify="space-between" mb="md">
          <SearchField label={t('targets.search')} />
          {button}
        </Group>
      )}
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('collections.targets')}
        onRow={setShown}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="host" title={t('targets.empty')} action={button}>
              {t('targets.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('targets.target'),
            cell: (one) => (
              <div>
                <Anchor component="button" type="button" fw={560} ta="start" onClick={() => setShown(one)}>
                  {one.name}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {one.endpoints.map(formatAddress).join(', ') || one.fqdn || t(`targetKind.${one.kind}`)}
                </Text>
              </div>
            ),
          },
          { title: t('common.state'), cell: (one) => <TargetStateBadge target={one} /> },
          { title: t('targets.load'), cell: (one) => <TargetLoad target={one} collection={collection} /> },
          { title: t('targets.weight'), align: 'right', cell: (one) => one.weight },
          { title: t('targets.takes'), cell: (one) => t(`targets.takes_${one.takes}`) },
          { title: '', align: 'right', cell: (one) => <TargetActions target={one} edit={() => setEditing(one)} /> },
        ]}
      />
      <TargetModal
        collection={collection}
        target={editing}
        opened={adding !== '' || editing !== null}
        onClose={() => {
          setAdding(null);
          setEditing(null);
        }}
      />
      <DetailDrawer opened={detail !== null} onClose={() => setShown(null)} title={detail?.name ?? ''}>
        {detail && <TargetDetail target={detail} />}
      </DetailDrawer>
    </>
  );
}
