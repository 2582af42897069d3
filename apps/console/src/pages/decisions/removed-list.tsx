import type { DecisionTraceView } from '@atelier/api';
import { Text } from '@mantine/core';
import { useT } from '../../i18n/use-t.ts';
import { removalText } from './known-text.ts';

/** What removed candidates: reasons with how many, as bars, and a few names each. */
export function RemovedList({ trace }: { trace: DecisionTraceView }) {
  const t = useT();
  const { removed, candidates } = trace;
  const left = candidates - removed.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...removed.map(({ count }) => count));
  return (
    <>
      {removed.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t(candidates === 0 ? 'decisions.noFilter' : 'decisions.removedNone')}
        </Text>
      ) : (
        <ul className="removed">
          {removed
            .toSorted((a, b) => b.count - a.count)
            .map(({ reason, count, examples }) => (
              <li key={reason}>
                <div className="removed-line">
                  <b>{removalText(reason)}</b>
                  <span>{t('decisions.removedCount', { count })}</span>
                </div>
                <span className="removed-bar" aria-hidden="true">
                  <span style={{ width: `${(count / most) * 100}%` }} />
                </span>
                {examples.length > 0 && (
                  <Text size="sm" c="dimmed">
                    {t('decisions.examples', { names: examples.join(', ') })}
                  </Text>
                )}
              </li>
            ))}
        </ul>
      )}
      {candidates > 0 && (
        <Text size="sm" mt="sm">
          {t('decisions.candidates', { count: candidates })}, {t('decisions.left', { count: Math.max(0, left) })}
        </Text>
      )}
    </>
  );
}
