import { Button, Group, Loader, SegmentedControl, Text } from '@mantine/core';
import { useFullscreenElement } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useMe } from '../../../api/me.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Page } from '../../../components/page.tsx';
import { useT } from '../../../i18n/use-t.ts';
import { SignInForm } from './sign-in-form.tsx';
import { useDesktop } from './use-desktop.ts';

/** ScreenScale of IronRDP. */
const scales = { fit: 1, real: 3 } as const;

/** A desktop of the data centre, in the browser. */
export function DesktopScreenPage({ collection }: { collection: string }) {
  const t = useT();
  const me = useMe();
  const stage = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLButtonElement>(null);
  const full = useFullscreenElement();
  const [scale, setScale] = useState<keyof typeof scales>('fit');
  const { state, connect, client, again } = useDesktop(
    stage,
    collection,
    t('desktopScreen.label', { name: collection }),
  );
  const live = state.kind === 'live';

  // Inside of the desktop every key belongs to it; these three together lead out.
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.altKey || !event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      // IronRDP lets go of all keys when the window loses the focus.
      window.dispatchEvent(new Event('blur'));
      bar.current?.focus();
    };
    window.addEventListener('keydown', leave, true);
    return () => window.removeEventListener('keydown', leave, true);
  }, []);

  const tone = live ? 'good' : state.kind === 'failed' || state.kind === 'ended' ? 'bad' : 'busy';
  return (
    <Page
      title={collection}
      parent={{ title: t('nav.myDesktops'), href: '/my/desktops' }}
      equivalent={{ cli: [`atelier desktop connect ${collection}`], api: `GET /my/desktops/${collection}/screen` }}
    >
      <div ref={full.ref} className="vm" data-full={full.fullscreen || undefined}>
        <Group className="vm-bar" gap={6} wrap="wrap">
          <Text size="sm" role="status" style={{ flex: 1 }} component="div">
            <span className="dot" data-tone={tone} /> {collection} · {t(`desktopScreen.${state.kind}`)}
            <Text span size="sm" c="dimmed">
              {' '}
              {t('desktopScreen.leaveKeys')}
            </Text>
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={t('desktopScreen.scale')}
            value={scale}
            onChange={(value) => {
              setScale(value as keyof typeof scales);
              client()?.interaction.setScale(scales[value as keyof typeof scales]);
            }}
            data={[
              { value: 'fit', label: t('desktopScreen.fit') },
              { value: 'real', label: t('desktopScreen.real') },
            ]}
          />
          <Button
            ref={bar}
            size="xs"
            variant="default"
            disabled={!live}
            leftSection={<Icon name="keyboard" size={15} />}
            onClick={() => client()?.interaction.ctrlAltDel()}
          >
            Ctrl-Alt-Del
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
              {state.kind === 'sign-in' ? (
                <SignInForm
                  name={me.user.name}
                  target={state.target}
                  submit={(user, password) => void connect(state, user, password)}
                />
              ) : state.kind === 'failed' || state.kind === 'ended' ? (
                <>
                  <Icon name="screen" size={32} />
                  <p role="alert">
                    {state.kind === 'ended'
                      ? t('desktopScreen.endedText')
                      : t(`desktopScreen.failedText.${state.why}`, { detail: state.detail })}
                  </p>
                  <Button size="xs" variant="white" color="dark" onClick={again}>
                    {t('desktopScreen.again')}
                  </Button>
                </>
              ) : (
                <>
                  <Loader color="gray" size="sm" />
                  <p>{(state.kind === 'preparing' && state.status) || t('desktopScreen.waitText')}</p>
                </>
              )}
            </div>
          )}
          <div ref={stage} className="vm-target" />
        </div>
      </div>
    </Page>
  );
}
