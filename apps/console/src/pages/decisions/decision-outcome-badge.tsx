import type { BrokerConnection } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

export const decisionOutcomes = ['redirected', 'failed', 'cancelled', 'timed-out'] as const;
const tones: Readonly<Record<BrokerConnection['outcome'], Tone>> = {
  redirected: 'good',
  failed: 'bad',
  cancelled: 'idle',
  'timed-out': 'bad',
};

/** How an attempt to connect ended. */
export function DecisionOutcomeBadge({ outcome }: { outcome: BrokerConnection['outcome'] }) {
  const t = useT();
  return <StateBadge tone={tones[outcome]}>{t(`decisionOutcome.${outcome}`)}</StateBadge>;
}
