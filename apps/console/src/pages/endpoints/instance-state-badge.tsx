import type { InstanceState } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const busy: readonly InstanceState[] = ['transferring', 'starting', 'stopping', 'reverting', 'deleting'];
const bad: readonly InstanceState[] = ['blocked', 'failed', 'crashed'];

export const toneOf = (state: InstanceState): Tone =>
  state === 'running'
    ? 'good'
    : busy.includes(state)
      ? 'busy'
      : bad.includes(state)
        ? 'bad'
        : state === 'locked' || state === 'paused'
          ? 'warn'
          : 'idle';

/** How a workspace on an endpoint is. */
export function InstanceStateBadge({ state }: { state: InstanceState }) {
  const t = useT();
  return <StateBadge tone={toneOf(state)}>{t(`instanceState.${state}`)}</StateBadge>;
}
