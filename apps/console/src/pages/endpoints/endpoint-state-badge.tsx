import type { EndpointView } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones: Readonly<Record<EndpointView['state'], Tone>> = {
  enrolled: 'idle',
  online: 'good',
  offline: 'warn',
  revoked: 'bad',
  wiped: 'bad',
};

/** How an endpoint stands to the server. */
export function EndpointStateBadge({ state }: { state: EndpointView['state'] }) {
  const t = useT();
  return <StateBadge tone={tones[state]}>{t(`endpointState.${state}`)}</StateBadge>;
}
