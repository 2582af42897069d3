import { Button, Group, Menu, SegmentedControl, Text } from '@mantine/core';
import type { RefObject } from 'react';
import { Icon } from '../../../components/icon.tsx';
import { useT } from '../../../i18n/use-t.ts';
import { ClipboardMenu } from './clipboard-menu.tsx';
import type { IronClient } from './iron-client.ts';
import { KeyboardSelect } from './keyboard-select.tsx';
import type { Picture } from './picture-size.ts';
import type { DesktopState } from './use-desktop.ts';

/** Keys that browsers or the system of the person keep for themselves. */
const combinations = [
  ['Esc', 'Escape'],
  ['Alt-Tab', 'AltLeft', 'Tab'],
  ['Alt-F4', 'AltLeft', 'F4'],
  ['Ctrl-W', 'ControlLeft', 'KeyW'],
  ['Ctrl-Esc', 'ControlLeft', 'Escape'],
  ['Ctrl-Shift-Esc', 'ControlLeft', 'ShiftLeft', 'Escape'],
  ['PrtSc', 'PrintScreen'],
] as const;

/** Above the desktop: how it is, and what a keyboard or a mouse in a browser cannot do. */
export function DesktopBar({
  collection,
  state,
  client,
  first,
  picture,
  setPicture,
  full,
  toggleFull,
}: {
  collection: string;
  state: DesktopState;
  /** Null while there is no session. */
  client: IronClient | null;
  /** Where the keyboard goes when it leaves the desktop. */
  first: RefObject<HTMLButtonElement | null>;
  picture: Picture;
  setPicture: (picture: Picture) => void;
  full: boolean;
  toggleFull: () => void;
}) {
  const t = useT();
  const bad = state.kind === 'failed' || state.kind === 'ended' || state.kind === 'refused';
  const off = { size: 'xs', variant: 'default', disabled: client === null } as const;
  return (
    <Group className="vm-bar" gap={6} wrap="wrap">
      <div className="vm-status">
        <Text size="sm" role="status" component="div">
          <span className="dot" data-tone={client ? 'good' : bad ? 'bad' : 'busy'} /> {collection} ·{' '}
          {t(`desktopScreen.${state.kind}`)}
        </Text>
        {client && (
          <Text size="xs" c="dimmed">
            {t('desktopScreen.leaveKeys')}
          </Text>
        )}
      </div>
      <Menu position="bottom-start" withinPortal={!full} returnFocus={false}>
        <Menu.Target>
          <Button {...off} ref={first} leftSection={<Icon name="keyboard" size={15} />}>
            {t('screen.keys')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => client?.interaction.ctrlAltDel()}>Ctrl-Alt-Del</Menu.Item>
          <Menu.Item onClick={() => client?.interaction.metaKey()}>{t('screen.super')}</Menu.Item>
          {combinations.map(([name, ...codes]) => (
            <Menu.Item key={name} onClick={() => client?.press(...codes)}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <KeyboardSelect live={client !== null} />
      <ClipboardMenu client={client} full={full} />
      <SegmentedControl
        size="xs"
        aria-label={t('desktopScreen.scale')}
        value={picture}
        onChange={(value) => setPicture(value as Picture)}
        data={[
          { value: 'fit', label: t('desktopScreen.fit') },
          { value: 'real', label: t('desktopScreen.real') },
        ]}
      />
      <Button size="xs" variant="default" leftSection={<Icon name="fullscreen" size={15} />} onClick={toggleFull}>
        {t(full ? 'screen.leaveFull' : 'screen.full')}
      </Button>
    </Group>
  );
}
