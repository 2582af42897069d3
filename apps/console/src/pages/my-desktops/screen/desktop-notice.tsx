import { Button, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useMe } from '../../../api/me.tsx';
import { useRead } from '../../../api/query.ts';
import { Icon } from '../../../components/icon.tsx';
import { useT } from '../../../i18n/use-t.ts';
import { failureText } from '../../decisions/known-text.ts';
import { endText, type SessionEnd } from './session-end.ts';
import { SignInForm } from './sign-in-form.tsx';
import type { DesktopState } from './use-desktop.ts';

/** What stands in place of the picture: how far it is, who is to sign in, or why there is none and what helps. */
export function DesktopNotice({
  collection,
  state,
  connect,
  again,
}: {
  collection: string;
  state: Exclude<DesktopState, { kind: 'live' }>;
  connect: (way: { token: string; target: string }, user: string, password: string) => Promise<void>;
  again: () => void;
}) {
  const t = useT();
  const me = useMe();
  if (state.kind === 'sign-in')
    return (
      <div className="vm-wait">
        <SignInForm
          name={me.user.name}
          target={state.target}
          submit={(user, password) => void connect(state, user, password)}
        />
      </div>
    );
  if (state.kind === 'preparing' || state.kind === 'connecting')
    return (
      <div className="vm-wait">
        <Loader color="gray" size="sm" aria-hidden />
        <p role="status">{(state.kind === 'preparing' && state.status) || t('desktopScreen.waitText')}</p>
      </div>
    );
  if (state.kind === 'ended') return <Ended collection={collection} why={state.why} again={again} />;
  return state.kind === 'failed' ? (
    <Why
      title={t(`desktopScreen.failure.${state.why}.title`)}
      cause={t(`desktopScreen.failure.${state.why}.cause`)}
      fix={t(`desktopScreen.failure.${state.why}.fix`)}
      again={again}
    />
  ) : (
    <Why
      title={failureText(state.code, 'title') ?? t('desktopScreen.refusedTitle')}
      cause={failureText(state.code, 'cause') ?? t('desktopScreen.refusedCause', { text: state.text })}
      fix={t('desktopScreen.refusedFix')}
      again={again}
    />
  );
}

/** What happened, why, what helps; the button for it has the focus. */
function Why({ title, cause, fix, again }: { title: string; cause: string; fix: string; again: () => void }) {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div className="vm-wait">
      <Icon name="screen" size={32} />
      <Stack gap={4} role="alert" maw={520}>
        <Text fw={600}>{title}</Text>
        <Text size="sm">{cause}</Text>
        <Text size="sm">{fix}</Text>
      </Stack>
      <Button ref={button} size="sm" variant="white" color="dark" onClick={again}>
        {t('desktopScreen.again')}
      </Button>
    </div>
  );
}

/** Until the server has surely heard what became of a session. */
const settleMs = 4000;

/** After the end: where the session is now, which the server tells, a moment later. */
function Ended({ collection, why, again }: { collection: string; why: SessionEnd; again: () => void }) {
  const t = useT();
  const [settled, setSettled] = useState(false);
  const read = useRead('myDesktops', 'list', undefined, { refetchInterval: settled ? false : 1000 });
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settleMs);
    return () => clearTimeout(timer);
  }, []);
  const mine = read.data?.items.find((one) => one.name === collection);
  const text = endText(why, mine?.session, settled);
  return (
    <Why
      title={t(`desktopScreen.end.${text}.title`)}
      cause={t(`desktopScreen.end.${text}.cause`)}
      fix={t(`desktopScreen.end.${text}.fix`)}
      again={again}
    />
  );
}
