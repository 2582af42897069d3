import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useT } from '../i18n/use-t.ts';
import { Icon } from './icon.tsx';
import { useParam } from './use-param.ts';

/** The page's search: in the address as `search`, reached with `/`. */
export function SearchField({ label, param = 'search' }: { label: string; param?: string }) {
  const t = useT();
  const [value, setParam] = useParam(param);
  const [text, setText] = useState(value);
  const later = useDebouncedCallback((next: string) => setParam(next), 250);
  const change = (next: string) => {
    setText(next);
    later(next);
  };
  return (
    <TextInput
      data-page-search
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={16} />}
      rightSection={text ? <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => change('')} /> : null}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      style={{ flex: '1 1 220px', maxWidth: 360 }}
    />
  );
}
