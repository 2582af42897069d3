import { Button, Group, Skeleton, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../api/query.ts';
import { useT } from '../i18n/use-t.ts';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  readonly align?: 'right';
  readonly width?: number | string;
}

/** A paged list as a table (cards when narrow) with skeletons, the error or the empty state in its place, and "load more". */
export function DataTable<T>({
  pages,
  columns,
  rowKey,
  caption,
  empty,
  onRow,
}: {
  pages: Pages<T>;
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  caption: string;
  empty: ReactNode;
  onRow?: (row: T) => void;
}) {
  const t = useT();
  if (pages.error && pages.rows.length === 0) return <ProblemAlert error={pages.error} retry={() => pages.refetch()} />;
  if (!pages.isPending && pages.rows.length === 0) return <div className="card">{empty}</div>;
  return (
    <section
      className="card"
      style={{ overflowX: 'auto' }}
      aria-label={caption}
      aria-busy={pages.isPending}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by the keyboard
      tabIndex={0}
    >
      <Table className="data-table">
        <caption className="visually-hidden">{caption}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.title} scope="col" data-align={column.align} w={column.width}>
                {column.title || <span className="visually-hidden">{t('common.actions')}</span>}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pages.isPending
            ? [1, 2, 3, 4].map((row) => (
                <Table.Tr key={row}>
                  {columns.map((column) => (
                    <Table.Td key={column.title} data-title={column.title}>
                      <Skeleton height={14} width="70%" />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))
            : pages.rows.map((row) => (
                <Table.Tr
                  key={rowKey(row)}
                  data-clickable={onRow ? true : undefined}
                  onClick={(event) => {
                    if (onRow && !(event.target as HTMLElement).closest('a,button,input,label')) onRow(row);
                  }}
                >
                  {columns.map((column) => (
                    <Table.Td key={column.title} data-title={column.title} data-align={column.align}>
                      {column.cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
      {(pages.hasNextPage || pages.rows.length > 20) && (
        <Group justify="center" p="sm" gap="md">
          <Text size="sm" c="dimmed">
            {t('common.shown', { count: pages.rows.length })}
          </Text>
          {pages.hasNextPage && (
            <Button
              variant="default"
              size="xs"
              loading={pages.isFetchingNextPage}
              onClick={() => pages.fetchNextPage()}
            >
              {t('common.loadMore')}
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}
