import type { SessionState } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones: Readonly<Record<SessionState, Tone>> = {
  connecting: 'busy',
  active: 'good',
  disconnected: 'warn',
  'logged-off': 'idle',
  orphaned: 'bad',
};

/** How a session is. */
export function SessionStateBadge({ state }: { state: SessionState }) {
  const t = useT();
  return <StateBadge tone={tones[state]}>{t(`desktopSessionState.${state}`)}</StateBadge>;
}
