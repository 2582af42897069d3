import { useFullscreenElement } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { Page } from '../../../components/page.tsx';
import { shellWord } from '../../../components/shell-word.ts';
import { useT } from '../../../i18n/use-t.ts';
import { DesktopBar } from './desktop-bar.tsx';
import { DesktopNotice } from './desktop-notice.tsx';
import type { Picture } from './picture-size.ts';
import { useDesktop } from './use-desktop.ts';
import { useFollowSize } from './use-follow-size.ts';
import { useWayOut } from './use-way-out.ts';

/** A desktop of the data centre, in the browser. */
export function DesktopScreenPage({ collection }: { collection: string }) {
  const t = useT();
  const stage = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLButtonElement>(null);
  const full = useFullscreenElement();
  const [picture, setPicture] = useState<Picture>('fit');
  const { state, connect, client, again } = useDesktop(
    stage,
    collection,
    t('desktopScreen.label', { name: collection }),
  );
  const live = state.kind === 'live';
  useWayOut(bar, full.fullscreen);
  useFollowSize(stage, live ? client : null, picture === 'fit');
  useEffect(() => client?.setPicture(picture), [client, picture]);
  return (
    <Page
      title={collection}
      parent={{ title: t('nav.myDesktops'), href: '/my/desktops' }}
      equivalent={{
        cli: [`atelier desktop connect ${shellWord(collection)}`],
        api: `GET /my/desktops/${encodeURIComponent(collection)}/screen`,
      }}
    >
      <div ref={full.ref} className="vm" data-full={full.fullscreen || undefined}>
        <DesktopBar
          collection={collection}
          state={state}
          client={live ? client : null}
          first={bar}
          picture={picture}
          setPicture={setPicture}
          full={full.fullscreen}
          toggleFull={() => void full.toggle()}
        />
        <div className="vm-stage">
          {!live && <DesktopNotice collection={collection} state={state} connect={connect} again={again} />}
          <div ref={stage} className="vm-target" />
        </div>
      </div>
    </Page>
  );
}
