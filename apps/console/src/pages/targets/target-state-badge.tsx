import type { TargetState, TargetView } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones: Readonly<Record<TargetState, Tone>> = {
  unknown: 'idle',
  initializing: 'busy',
  running: 'good',
  down: 'bad',
  hibernated: 'idle',
  'checked-out': 'busy',
  stopped: 'idle',
  invalid: 'bad',
  starting: 'busy',
  stopping: 'busy',
};

/** How a target is, and whether it is drained. */
export function TargetStateBadge({ target }: { target: Pick<TargetView, 'state' | 'drain'> }) {
  const t = useT();
  return (
    <span style={{ display: 'inline-flex', gap: 8, flexWrap: 'wrap' }}>
      <StateBadge tone={target.drain && target.state === 'running' ? 'warn' : tones[target.state]}>
        {t(`targetState.${target.state}`)}
      </StateBadge>
      {target.drain && <span className="tag">{t('targets.drained')}</span>}
    </span>
  );
}
