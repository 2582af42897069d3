import type { CapabilityId } from '@atelier/api';
import { useT } from '../../i18n/use-t.ts';

/** What an image can do, as small labels. */
export function CapabilityTags({ ids }: { ids: readonly CapabilityId[] }) {
  const t = useT();
  if (ids.length === 0) return <>—</>;
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4 }}>
      {ids.map((id) => (
        <span key={id} className="tag">
          {t(`capability.${id}.title`)}
        </span>
      ))}
    </span>
  );
}
