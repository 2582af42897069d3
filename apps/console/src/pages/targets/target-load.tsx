import type { CollectionView, TargetView } from '@atelier/api';
import { Progress, Text } from '@mantine/core';
import { useT } from '../../i18n/use-t.ts';

/** How full a target is: sessions of what it takes, with who is still connecting. */
export function TargetLoad({
  target,
  collection,
}: {
  target: TargetView;
  /** Its limits hold where the target has none of its own; without it, only what the target itself says is shown. */
  collection: CollectionView | undefined;
}) {
  const t = useT();
  const single = target.singleSession || collection?.singleSession;
  const most = single ? 1 : (target.maxSessions ?? collection?.maxSessions ?? null);
  const used = target.numSessions;
  const text =
    most !== null
      ? t('targets.loadOf', { used, most })
      : collection
        ? t('targets.loadOpen', { used })
        : t('targets.loadAlone', { count: used });
  const share = most === null ? 0 : Math.min(100, ((used + target.numPending) / most) * 100);
  return (
    <div style={{ minWidth: 90 }}>
      <Text size="sm" component="span">
        {text}
        {target.numPending > 0 && (
          <Text span c="dimmed" size="sm">
            {' '}
            {t('targets.connecting', { count: target.numPending })}
          </Text>
        )}
      </Text>
      {most !== null && (
        <Progress
          value={share}
          size={5}
          mt={4}
          color={share >= 100 ? 'yellow' : 'ink'}
          aria-label={`${target.name}: ${text}`}
        />
      )}
    </div>
  );
}
