import { Button, Group, Loader, Menu, Text, Textarea } from '@mantine/core';
import { useDisclosure, useFullscreenElement } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useT } from '../i18n/use-t.ts';
import { FormModal } from './form-modal.tsx';
import { Icon } from './icon.tsx';
import { keysOf, typeKeys } from './type-keys.ts';
import { useVnc } from './use-vnc.ts';

/** A virtual machine's screen by VNC over a WebSocket: full screen, special keys, typing text in, connecting again by itself. */
export function VmScreen({ path, name }: { path: string; name: string }) {
  const t = useT();
  const target = useRef<HTMLDivElement>(null);
  const { state, screen, again } = useVnc(target, path);
  const full = useFullscreenElement();
  const [typing, { open, close }] = useDisclosure();
  const [text, setText] = useState('');
  const live = state === 'live';
  const key = (keysym: number, code: string) => screen()?.sendKey(keysym, code);
  const combination = (last: number, code: string) => {
    const rfb = screen();
    rfb?.sendKey(0xffe3, 'ControlLeft', true);
    rfb?.sendKey(0xffe9, 'AltLeft', true);
    rfb?.sendKey(last, code);
    rfb?.sendKey(0xffe9, 'AltLeft', false);
    rfb?.sendKey(0xffe3, 'ControlLeft', false);
  };
  return (
    <div ref={full.ref} className="vm" data-full={full.fullscreen || undefined}>
      <Group className="vm-bar" gap={6} wrap="wrap">
        <Text size="sm" role="status" style={{ flex: 1 }} component="div">
          <span className="dot" data-tone={live ? 'good' : state === 'failed' ? 'bad' : 'busy'} /> {name} ·{' '}
          {t(`screen.${state}`)}
        </Text>
        <Menu position="bottom-end" withinPortal={!full.fullscreen}>
          <Menu.Target>
            <Button size="xs" variant="default" disabled={!live} leftSection={<Icon name="keyboard" size={15} />}>
              {t('screen.keys')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => screen()?.sendCtrlAltDel()}>Ctrl-Alt-Del</Menu.Item>
            {[1, 2, 7].map((n) => (
              <Menu.Item key={n} onClick={() => combination(0xffbd + n, `F${n}`)}>
                Ctrl-Alt-F{n}
              </Menu.Item>
            ))}
            <Menu.Item onClick={() => key(0xffeb, 'MetaLeft')}>{t('screen.super')}</Menu.Item>
            <Menu.Item onClick={() => key(0xff09, 'Tab')}>Tab</Menu.Item>
            <Menu.Item onClick={() => key(0xff1b, 'Escape')}>Esc</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          size="xs"
          variant="default"
          disabled={!live}
          leftSection={<Icon name="paste" size={15} />}
          onClick={open}
        >
          {t('screen.type')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="fullscreen" size={15} />}
          onClick={() => void full.toggle()}
        >
          {t(full.fullscreen ? 'screen.leaveFull' : 'screen.full')}
        </Button>
      </Group>
      <div className="vm-stage">
        {!live && (
          <div className="vm-wait">
            {state === 'failed' ? <Icon name="screen" size={32} /> : <Loader color="gray" size="sm" />}
            <p>{t(`screen.${state}Text`)}</p>
            {state === 'failed' && (
              <Button size="xs" variant="white" color="dark" onClick={again}>
                {t('screen.again')}
              </Button>
            )}
          </div>
        )}
        <div
          ref={target}
          className="vm-target"
          role="application"
          aria-label={t('screen.label', { name })}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keyboard, as the machine behind it does
          tabIndex={0}
          onFocus={() => screen()?.focus()}
        />
      </div>
      <FormModal
        opened={typing}
        onClose={close}
        title={t('screen.type')}
        verb={t('screen.typeDo')}
        submit={async () => {
          const rfb = screen();
          if (rfb) await typeKeys(keysOf(text), (one) => rfb.sendKey(one, null));
          setText('');
        }}
      >
        <Textarea
          label={t('screen.typeLabel')}
          description={t('screen.typeHelp')}
          autosize
          minRows={3}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          spellCheck={false}
        />
      </FormModal>
    </div>
  );
}
