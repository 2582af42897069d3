import type { Application, CollectionView } from '@atelier/api';
import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionAbove } from '../../components/action-above.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { ProgramModal } from './program-modal.tsx';

/** Programs that a collection publishes by themselves. */
export function ProgramsTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const { id } = collection;
  const [adding, setAdding] = useParam('add');
  const [editing, setEditing] = useState<Application | null>(null);
  const pages = usePages('collections', 'listApplications', { params: { id } });
  const withdraw = useAct((alias: string) => api.collections.withdrawApplication({ params: { id, alias } }), {
    touches: ['collections', 'myDesktops'],
    quiet: true,
  });
  const needs = { needs: 'collection:write', on: [{ kind: 'collection', id }] } as const;
  const button = (
    <ActionButton {...needs} leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('1')}>
      {t('programs.publish')}
    </ActionButton>
  );
  return (
    <>
      <ActionAbove pages={pages}>{button}</ActionAbove>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('collections.programs')}
        empty={
          <Empty icon="play" title={t('programs.empty')} action={button}>
            {t('programs.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('programs.program'),
            cell: (one) => (
              <div>
                <b>{one.title}</b>
                <Text size="sm" c="dimmed">
                  {[one.alias, one.hasIcon && t('programs.hasIcon')].filter(Boolean).join(' · ')}
                </Text>
              </div>
            ),
          },
          {
            title: t('programs.command'),
            cell: (one) => <span className="mono">{[one.commandLine, one.arguments].filter(Boolean).join(' ')}</span>,
          },
          { title: t('programs.folder'), cell: (one) => one.workingFolder || '—' },
          {
            title: '',
            align: 'right',
            cell: (one) => (
              <Group gap={6} justify="flex-end">
                <ActionButton
                  {...needs}
                  size="xs"
                  variant="default"
                  onClick={() => setEditing(one)}
                  aria-label={`${t('common.edit')} ${one.title}`}
                >
                  {t('common.edit')}
                </ActionButton>
                <ConfirmButton
                  title={t('programs.removeTitle', { title: one.title })}
                  verb={t('common.remove')}
                  act={() => withdraw.mutateAsync(one.alias)}
                  button={{ size: 'xs', ...needs, 'aria-label': `${t('common.remove')} ${one.title}` }}
                >
                  {t('programs.removeText')}
                </ConfirmButton>
              </Group>
            ),
          },
        ]}
      />
      <ProgramModal
        collection={collection}
        program={editing}
        opened={adding !== '' || editing !== null}
        onClose={() => {
          setAdding(null);
          setEditing(null);
        }}
      />
    </>
  );
}
