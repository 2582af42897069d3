import type { CollectionView, TargetView } from '@atelier/api';
import { Anchor, Checkbox, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import type { Pages } from '../../api/query.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { useT } from '../../i18n/use-t.ts';
import { type MachineJob, MachineJobModal } from '../machine-jobs/machine-job-modal.tsx';
import { ChosenMachines } from './chosen-machines.tsx';
import { isPlugIns, TargetActions } from './target-actions.tsx';
import { formatAddress } from './target-address.ts';
import { TargetDetail } from './target-detail.tsx';
import { TargetLoad } from './target-load.tsx';
import { TargetModal } from './target-modal.tsx';
import { TargetState } from './target-state.tsx';

/**
 * Targets: how they are, who is on them, and what can be done about them. Of one collection, or with the collection of each; machines of plug-ins can be chosen
 * in one collection, as a job is for one.
 */
export function TargetTable({
  pages,
  collection,
  caption,
  empty,
}: {
  pages: Pages<TargetView>;
  collection?: CollectionView;
  caption: string;
  empty: ReactNode;
}) {
  const t = useT();
  const may = useMay();
  const [editing, setEditing] = useState<TargetView | null>(null);
  const [shown, setShown] = useState<TargetView | null>(null);
  const [job, setJob] = useState<MachineJob | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // What the drawer shows follows the list.
  const detail = pages.rows.find((one) => one.id === shown?.id) ?? shown;
  const machines = collection ? pages.rows.filter(isPlugIns) : [];
  const choose = (id: string, is: boolean) => {
    const next = new Set(chosen);
    if (is) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const columns: Column<TargetView>[] = [
    {
      title: t('targets.target'),
      cell: (one) => (
        <Group gap="sm" wrap="nowrap">
          {machines.length > 1 && isPlugIns(one) && (
            <Checkbox
              aria-label={t('machineJobs.chooseOf', { name: one.name })}
              checked={chosen.has(one.id)}
              onChange={(event) => choose(one.id, event.currentTarget.checked)}
            />
          )}
          <div style={{ minWidth: 130 }}>
            <Anchor component="button" type="button" fw={560} ta="start" onClick={() => setShown(one)}>
              {one.name}
            </Anchor>
            <Text size="sm" c="dimmed">
              {one.endpoints.map(formatAddress).join(', ') || one.fqdn || t(`targetKind.${one.kind}`)}
            </Text>
          </div>
        </Group>
      ),
    },
    ...(collection
      ? []
      : [
          {
            title: t('palette.collection'),
            cell: ({ collection: of }: TargetView) =>
              may('collection:read', { kind: 'collection', id: of.id }) ? (
                <Anchor component={Link} href={`/collections/${of.id}`}>
                  {of.name}
                </Anchor>
              ) : (
                of.name
              ),
          },
        ]),
    { title: t('common.state'), cell: (one) => <TargetState target={one} /> },
    { title: t('targets.load'), cell: (one) => <TargetLoad target={one} collection={collection} /> },
    ...(collection
      ? [{ title: t('targets.weight'), align: 'right' as const, cell: ({ weight }: TargetView) => weight }]
      : []),
    { title: t('targets.takes'), cell: (one) => <span className="whole">{t(`targets.takes_${one.takes}`)}</span> },
    {
      title: '',
      align: 'right',
      cell: (one) => (
        <TargetActions
          target={one}
          edit={() => setEditing(one)}
          work={(what) => setJob({ what, collection: one.collection, machines: [one] })}
        />
      ),
    },
  ];
  return (
    <>
      {collection && (
        <ChosenMachines
          collection={collection}
          machines={machines}
          chosen={chosen}
          choose={setChosen}
          work={(what, picked) => setJob({ what, collection, machines: picked })}
        />
      )}
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={caption}
        onRow={setShown}
        empty={empty}
        columns={columns}
      />
      <TargetModal target={editing} opened={editing !== null} onClose={() => setEditing(null)} />
      {job && <MachineJobModal job={job} onClose={() => setJob(null)} />}
      <DetailDrawer opened={detail !== null} onClose={() => setShown(null)} title={detail?.name ?? ''}>
        {detail && <TargetDetail target={detail} />}
      </DetailDrawer>
    </>
  );
}
