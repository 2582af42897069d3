import type { VersionState } from '@atelier/api';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones: Readonly<Record<VersionState, Tone>> = {
  draft: 'idle',
  packing: 'busy',
  packed: 'warn',
  uploading: 'busy',
  available: 'good',
  retired: 'idle',
  deleted: 'idle',
  failed: 'bad',
};

/** A version's state. */
export function VersionStateBadge({ state }: { state: VersionState }) {
  const t = useT();
  return <StateBadge tone={tones[state]}>{t(`versionState.${state}`)}</StateBadge>;
}
