import type { EventView } from '@atelier/api';
import { StateBadge } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

const tones = { info: 'idle', warning: 'warn', error: 'bad' } as const;

/** How serious an event is; `bare` shows only the dot and tells the word to screen readers. */
export function SeverityBadge({ severity, bare = false }: { severity: EventView['severity']; bare?: boolean }) {
  const t = useT();
  if (!bare) return <StateBadge tone={tones[severity]}>{t(`severity.${severity}`)}</StateBadge>;
  return (
    <>
      <span className="dot" data-tone={tones[severity]} aria-hidden="true" style={{ marginInlineEnd: 6 }} />
      <span className="visually-hidden">{t(`severity.${severity}`)}: </span>
    </>
  );
}
