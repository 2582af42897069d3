import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useRead } from '../api/query.ts';
import { useT } from '../i18n/use-t.ts';

type Source = 'image' | 'workspace' | 'user' | 'group' | 'host' | 'collection' | 'target';

/** Chooses an object by searching on the server. Value: the name of an image or workspace, the id of anything else. */
export function ObjectSelect({
  source,
  value,
  onChange,
  label,
  description,
  error,
  placeholder,
  autoFocus,
  clearable = false,
  required = false,
}: {
  source: Source;
  value: string | null;
  onChange: (value: string | null, label: string) => void;
  label?: string;
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
  autoFocus?: boolean;
  clearable?: boolean;
  required?: boolean;
}) {
  const t = useT();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 200);
  const call = { query: { limit: 50, search: search || undefined } };
  const images = useRead('images', 'list', call, { enabled: source === 'image' });
  const workspaces = useRead('workspaces', 'list', call, { enabled: source === 'workspace' });
  const users = useRead('people', 'listUsers', call, { enabled: source === 'user' });
  const groups = useRead('people', 'listGroups', call, { enabled: source === 'group' });
  const hosts = useRead('hosts', 'list', call, { enabled: source === 'host' });
  const collections = useRead('collections', 'list', call, { enabled: source === 'collection' });
  const targets = useRead('targets', 'list', call, { enabled: source === 'target' });
  const others = { group: groups, host: hosts, collection: collections, target: targets };
  const options =
    source === 'image'
      ? images.data?.items.map((one) => ({ value: one.name, label: one.name }))
      : source === 'workspace'
        ? workspaces.data?.items.map((one) => ({ value: one.name, label: one.name }))
        : source === 'user'
          ? users.data?.items.map((one) => ({
              value: one.id,
              label: one.displayName ? `${one.displayName} (${one.name})` : one.name,
            }))
          : others[source].data?.items.map((one) => ({
              value: one.id,
              label: one.name,
            }));
  const data = options ?? [];
  return (
    <Select
      label={label}
      aria-label={label ?? placeholder}
      description={description}
      error={error}
      placeholder={placeholder ?? t('common.choose')}
      data={data}
      value={value}
      onChange={(next, option) => onChange(next, option?.label ?? '')}
      searchable
      onSearchChange={(text) => setTyped(data.some((one) => one.label === text) ? '' : text)}
      nothingFoundMessage={t('common.nothingFound')}
      autoFocus={autoFocus}
      data-autofocus={autoFocus || undefined}
      clearable={clearable}
      required={required}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  );
}
