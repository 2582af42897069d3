import type { DecisionTraceView } from '@atelier/api';
import { Text } from '@mantine/core';
import type { Tone } from '../../components/state-badge.tsx';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { formatMs } from './format-ms.ts';
import { removalText, stepText } from './known-text.ts';

const tones: Readonly<Record<string, Tone>> = {
  chose: 'good',
  claimed: 'good',
  kept: 'good',
  failed: 'bad',
  'timed-out': 'bad',
  refused: 'bad',
  suspended: 'warn',
  unavailable: 'warn',
  waited: 'busy',
};

/** The steps of a decision in their order: who was asked, what was said, and when, as a bar of the whole. */
export function TraceTimeline({ trace }: { trace: DecisionTraceView }) {
  const t = useT();
  const locale = useLocale();
  const { steps } = trace;
  if (steps.length === 0) return <Text c="dimmed">{t('decisions.stepsNone')}</Text>;
  const whole = Math.max(trace.totalMs, ...steps.map((step) => step.atMs + step.tookMs), 0.1);
  const share = (ms: number) => `${Math.min(100, (ms / whole) * 100)}%`;
  return (
    <ol className="trace">
      {steps.map((step, index) => (
        <li key={`${index} ${step.stage}`}>
          <span className="dot" data-tone={tones[step.outcome] ?? 'idle'} aria-hidden="true" />
          <div className="trace-what">
            <b>{t(`decisionStage.${step.stage}`)}</b>{' '}
            <span className="trace-by">
              {step.by === 'atelier' ? t('decisions.byUs') : t('decisions.by', { name: step.by })}
            </span>{' '}
            <span className="tag">{stepText(step.outcome)}</span>
            {step.detail && (
              <Text size="sm" c="dimmed">
                {removalText(step.detail)}
              </Text>
            )}
          </div>
          <div className="trace-time">
            <span aria-hidden="true">{formatMs(step.tookMs, locale)} ms</span>
            <span className="visually-hidden">
              {t('decisions.bar', { at: formatMs(step.atMs, locale), took: formatMs(step.tookMs, locale) })}
            </span>
            <span className="trace-bar" aria-hidden="true">
              <span style={{ insetInlineStart: share(step.atMs), width: share(step.tookMs) }} />
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}
