import type { TaskState } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones: Readonly<Record<TaskState, Tone>> = {
  queued: 'idle',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'idle',
};

/** A task's state. */
export function TaskStateBadge({ state }: { state: TaskState }) {
  const t = useT();
  return <StateBadge tone={tones[state]}>{t(`taskState.${state}`)}</StateBadge>;
}
