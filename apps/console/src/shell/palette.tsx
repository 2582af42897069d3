import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Icon } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';
import { useFound } from './use-found.ts';

/** Search over pages, actions and objects by name. Arrow keys choose, Enter goes. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const found = useFound(wanted, opened);
  useEffect(() => {
    if (opened) setText('');
  }, [opened]);
  useEffect(() => setAt(0), [wanted, opened]);
  const take = (index: number) => {
    const one = found[index];
    if (!one) return;
    onClose();
    go(one.href);
  };
  return (
    <Modal.Root opened={opened} onClose={onClose} yOffset="12vh" size="lg" padding={0} centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.open')} aria-labelledby={undefined}>
        <TextInput
          data-autofocus
          variant="unstyled"
          size="lg"
          px="md"
          py={6}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder={t('palette.placeholder')}
          leftSection={<Icon name="search" />}
          leftSectionWidth={44}
          role="combobox"
          aria-label={t('palette.open')}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[at] ? `palette-${at}` : undefined}
          aria-autocomplete="list"
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
            else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
            else if (event.key === 'Enter') take(at);
            else return;
            event.preventDefault();
          }}
        />
        <div id="palette-list" className="palette-list" role="listbox" aria-label={t('palette.results')}>
          {found.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys (combobox pattern)
            // biome-ignore lint/a11y/useFocusableInteractive: options of a combobox are chosen by aria-activedescendant
            <div
              key={`${one.href} ${one.title}`}
              id={`palette-${index}`}
              role="option"
              aria-selected={index === at}
              onClick={() => take(index)}
              onMouseMove={() => setAt(index)}
              ref={(element) => {
                if (index === at) element?.scrollIntoView({ block: 'nearest' });
              }}
            >
              <Icon name={one.icon} />
              <span>{one.title}</span>
              <small>{one.kind}</small>
            </div>
          ))}
        </div>
        <div role="status" className="palette-none">
          {found.length === 0 && t('palette.none')}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
