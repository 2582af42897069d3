import type { CollectionView } from '@atelier/api';
import { Anchor, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionAbove } from '../../components/action-above.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Icon } from '../../components/icon.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';

const touches = ['collections', 'myDesktops'];

/** Who may use a collection. */
export function PeopleTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const { id, name } = collection;
  const [adding, setAdding] = useParam('add');
  const [kind, setKind] = useState<'user' | 'group'>('group');
  const [who, setWho] = useState<string | null>(null);
  const pages = usePages('collections', 'listEntitlements', { params: { id } });
  const quiet = { touches, quiet: true };
  const entitle = useAct(
    () => api.collections.entitle({ params: { id }, body: { principal: { kind, id: who! } } }),
    quiet,
  );
  const withdraw = useAct(
    (entitlementId: string) => api.collections.withdraw({ params: { id, entitlementId } }),
    quiet,
  );
  const needs = { needs: 'collection:write', on: [{ kind: 'collection', id }] } as const;
  const button = (
    <ActionButton
      {...needs}
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => {
        setWho(null);
        setAdding('1');
      }}
    >
      {t('entitlements.add')}
    </ActionButton>
  );
  return (
    <>
      <ActionAbove pages={pages}>{button}</ActionAbove>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('collections.people')}
        empty={
          <Empty icon="people" title={t('entitlements.empty')} action={button}>
            {t('entitlements.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('people.who'),
            cell: ({ principal }) => (
              <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                <Icon name={principal.kind} size={16} />
                <Anchor component={Link} href={`/people/${principal.kind}s/${principal.id}`} fw={560}>
                  {principal.name}
                </Anchor>
              </span>
            ),
          },
          { title: t('people.kind'), cell: ({ principal }) => t(`people.${principal.kind}`) },
          { title: t('entitlements.since'), cell: (one) => <Time at={one.createdAt} /> },
          {
            title: '',
            align: 'right',
            cell: (one) => (
              <ConfirmButton
                title={t('entitlements.removeTitle', { collection: name, name: one.principal.name })}
                verb={t('common.remove')}
                act={() => withdraw.mutateAsync(one.id)}
                button={{ size: 'xs', ...needs, 'aria-label': `${t('common.remove')} ${one.principal.name}` }}
              >
                {t('entitlements.removeText')}
              </ConfirmButton>
            ),
          },
        ]}
      />
      <FormModal
        opened={adding !== ''}
        onClose={() => setAdding(null)}
        title={t('entitlements.addTo', { name })}
        verb={t('entitlements.add')}
        submit={async () => who !== null && entitle.mutateAsync()}
      >
        <SegmentedControl
          aria-label={t('people.kind')}
          value={kind}
          onChange={(next) => {
            setKind(next as typeof kind);
            setWho(null);
          }}
          data={[
            { value: 'group', label: t('people.group') },
            { value: 'user', label: t('people.user') },
          ]}
        />
        <ObjectSelect key={kind} source={kind} label={t(`people.${kind}`)} value={who} onChange={setWho} />
        <Text size="sm" c="dimmed">
          {t('entitlements.everyone')}
        </Text>
      </FormModal>
    </>
  );
}
