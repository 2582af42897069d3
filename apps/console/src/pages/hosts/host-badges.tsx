import type { HostView } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const stateTones: Readonly<Record<HostView['state'], Tone>> = {
  new: 'busy',
  reachable: 'good',
  unreachable: 'bad',
  refused: 'bad',
};
const healthTones: Readonly<Record<HostView['health']['level'], Tone>> = {
  ok: 'good',
  warning: 'warn',
  critical: 'bad',
  unknown: 'idle',
};

/** Whether the host answers. */
export function HostStateBadge({ state }: { state: HostView['state'] }) {
  const t = useT();
  return <StateBadge tone={stateTones[state]}>{t(`hostState.${state}`)}</StateBadge>;
}

/** How the host is. */
export function HealthBadge({ level }: { level: HostView['health']['level'] }) {
  const t = useT();
  return <StateBadge tone={healthTones[level]}>{t(`hostHealth.${level}`)}</StateBadge>;
}
