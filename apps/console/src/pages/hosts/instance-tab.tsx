import type { HostView } from '@atelier/api';
import { ActionIcon, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../api/query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { localPages } from '../../components/local-pages.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';

export type Instance = Readonly<Record<string, unknown>>;

/** CIM's and XML's dates as people write them; everything else as it is. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text).toLocaleString() : text;
}

/** A property as a column: its title, and how its value is shown when not as it is. */
export interface Shown {
  readonly property: string;
  readonly title: string;
  readonly show?: (one: Instance) => string;
  /** In pixels; longer text is cut there and shown whole under the pointer. */
  readonly width?: number;
}

function Clipped({ width, children }: { width?: number; children: string }) {
  if (width === undefined) return children;
  const cut = { maxWidth: width, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
  return (
    <div style={cut} title={children}>
      {children}
    </div>
  );
}

/** Instances of a class as the host gives them now, with a filter over what is shown. */
export function InstanceTab({
  host,
  wql,
  namespace,
  columns,
  title,
  actions,
}: {
  host: HostView;
  wql: string;
  namespace?: string;
  columns: readonly Shown[];
  title: string;
  actions?: (one: Instance, again: () => void) => React.ReactNode;
}) {
  const t = useT();
  const [filter, setFilter] = useState('');
  const read = useRead(
    'hosts',
    'instances',
    { params: { id: host.id }, query: { wql, namespace } },
    { retry: false, staleTime: 10_000 },
  );
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const all = (read.data?.items ?? []) as readonly Instance[];
  const wanted = filter.trim().toLocaleLowerCase();
  const text = (one: Instance, { property, show }: Shown) => (show ? show(one) : shown(one[property]));
  const rows = all
    .map((one, at) => ({ ...one, key: at }) as Instance)
    .filter((one) => !wanted || columns.some((column) => text(one, column).toLocaleLowerCase().includes(wanted)));
  const again = () => void read.refetch();
  return (
    <>
      <Group mb="md" justify="space-between">
        <TextInput
          leftSection={<Icon name="search" size={16} />}
          aria-label={t('hosts.filter', { what: title })}
          placeholder={t('hosts.filter', { what: title })}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          w={320}
        />
        <Group gap="xs">
          <Text size="sm" c="dimmed" aria-live="polite">
            {read.data ? t('hosts.count', { count: rows.length }) : ''}
            {read.data?.more ? ` ${t('hosts.more')}` : ''}
          </Text>
          <Tooltip label={t('hosts.again')}>
            <ActionIcon variant="default" aria-label={t('hosts.again')} loading={read.isFetching} onClick={again}>
              <Icon name="restart" size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <DataTable
        pages={{ ...localPages(rows), isPending: read.isPending }}
        rowKey={(one) => String(one.key)}
        caption={title}
        empty={
          <Empty icon="search" title={wanted ? t('common.noMatch') : t('hosts.none', { what: title })}>
            {wanted ? t('common.noMatchText') : t('hosts.noneText')}
          </Empty>
        }
        columns={[
          ...columns.map((column) => ({
            title: column.title,
            cell: (one: Instance) => <Clipped width={column.width}>{text(one, column)}</Clipped>,
          })),
          ...(actions ? [{ title: '', cell: (one: Instance) => actions(one, again) }] : []),
        ]}
      />
    </>
  );
}
