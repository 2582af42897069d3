import type { PolicyRevision, ScopedObject } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { useState } from 'react';
import type { Pages } from '../../../api/query.ts';
import { ConfirmButton } from '../../../components/confirm-button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { DetailDrawer } from '../../../components/detail-drawer.tsx';
import { differences } from '../../../components/difference.ts';
import { DifferenceView } from '../../../components/difference-view.tsx';
import { Empty } from '../../../components/empty.tsx';
import { JsonView } from '../../../components/json-view.tsx';
import { StateBadge } from '../../../components/state-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { useT } from '../../../i18n/use-t.ts';

/** The history of a policy; any revision can be compared with the one before and taken again. */
export function Revisions({
  pages,
  on,
  rollback,
}: {
  pages: Pages<PolicyRevision>;
  on: readonly ScopedObject[];
  rollback: (number: number) => Promise<unknown>;
}) {
  const t = useT();
  const [open, setOpen] = useState<number | null>(null);
  const shown = pages.rows.find((one) => one.number === open);
  const before = pages.rows.find((one) => one.number === (open ?? 0) - 1);
  return (
    <>
      <DataTable
        pages={pages}
        rowKey={(one) => String(one.number)}
        caption={t('policy.revisions')}
        onRow={(one) => setOpen(one.number)}
        empty={<Empty icon="audit" title={t('policy.revisions')} />}
        columns={[
          {
            title: t('policy.revision'),
            cell: (one) => (
              <Anchor component="button" type="button" onClick={() => setOpen(one.number)}>
                {one.number}
              </Anchor>
            ),
          },
          {
            title: t('common.state'),
            cell: (one) => (
              <StateBadge tone={one.state === 'active' ? 'good' : 'idle'}>{t(`policyState.${one.state}`)}</StateBadge>
            ),
          },
          { title: t('policy.message'), cell: (one) => one.message || '—' },
          { title: t('policy.author'), cell: (one) => one.author },
          { title: t('common.created'), cell: (one) => <Time at={one.createdAt} /> },
          {
            title: '',
            align: 'right',
            cell: (one) =>
              one.state === 'active' ? null : (
                <ConfirmButton
                  title={t('policy.rollbackTitle', { number: one.number })}
                  verb={t('policy.rollback')}
                  color="ink"
                  act={() => rollback(one.number)}
                  button={{
                    size: 'xs',
                    needs: 'workspace:write',
                    on,
                    'aria-label': `${t('policy.rollback')} ${one.number}`,
                  }}
                >
                  {t('policy.rollbackText')}
                </ConfirmButton>
              ),
          },
        ]}
      />
      <DetailDrawer
        opened={shown !== undefined}
        onClose={() => setOpen(null)}
        title={`${t('policy.revision')} ${open ?? ''}`}
      >
        {shown && (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              {before ? t('policy.comparedWith', { number: before.number }) : t('policy.first')}
            </Text>
            {before && <DifferenceView items={differences(before.document, shown.document)} />}
            <div style={{ marginTop: 20 }}>
              <JsonView value={shown.document} label={t('policy.title')} />
            </div>
            <Text size="xs" c="dimmed" mt="sm" className="mono">
              {shown.digest}
            </Text>
          </>
        )}
      </DetailDrawer>
    </>
  );
}
