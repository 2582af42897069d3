import type { AuditEntry } from '@atelier/api';
import { Anchor, Stack } from '@mantine/core';
import { useState } from 'react';
import { usePages } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { DifferenceView } from '../../components/difference-view.tsx';
import { Empty } from '../../components/empty.tsx';
import { Facts } from '../../components/facts.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';

export interface AuditFilter {
  readonly actor?: string;
  readonly objectKind?: string;
  readonly objectId?: string;
  readonly since?: string;
}

/** What people changed; a row opens old and new. */
export function AuditTable({ filter = {} }: { filter?: AuditFilter }) {
  const t = useT();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const pages = usePages('audit', 'list', { query: { ...filter } });
  return (
    <>
      <DataTable
        pages={pages}
        rowKey={(entry) => entry.id}
        caption={t('nav.audit')}
        onRow={setOpen}
        empty={
          Object.values(filter).some(Boolean) ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="audit" title={t('audit.empty')}>
              {t('audit.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('audit.act'),
            cell: (entry) => (
              <Anchor component="button" type="button" className="mono" onClick={() => setOpen(entry)}>
                {entry.verb}
              </Anchor>
            ),
          },
          { title: t('audit.object'), cell: (entry) => `${entry.object.kind} ${entry.object.name}` },
          { title: t('audit.actor'), cell: (entry) => entry.actor.name },
          { title: t('audit.fields'), align: 'right', cell: (entry) => Object.keys(entry.difference).length },
          { title: t('audit.at'), cell: (entry) => <Time at={entry.at} /> },
        ]}
      />
      <DetailDrawer
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={open ? `${open.verb} · ${open.object.name}` : ''}
      >
        {open && (
          <Stack>
            <DifferenceView
              items={Object.entries(open.difference).map(([path, { before, after }]) => ({ path, before, after }))}
            />
            <Facts
              items={[
                [t('audit.actor'), `${open.actor.name} (${open.actor.kind})`],
                [t('audit.object'), `${open.object.kind} ${open.object.name}`],
                [t('audit.at'), <Time key="a" at={open.at} />],
                [t('audit.number'), open.seq],
                [
                  t('problem.id'),
                  <span key="c" className="mono">
                    {open.correlationId}
                  </span>,
                ],
                [
                  t('audit.hash'),
                  <span key="h" className="mono">
                    {open.hash}
                  </span>,
                ],
              ]}
            />
          </Stack>
        )}
      </DetailDrawer>
    </>
  );
}
