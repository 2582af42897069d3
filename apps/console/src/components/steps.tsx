import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '../i18n/use-t.ts';
import { Icon } from './icon.tsx';

export interface Step {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly done: boolean;
  /** What does the step; shown only at the one that is next. */
  readonly action: ReactNode;
}

/** Numbered steps with what is done, and the act of the next one. */
export function Steps({ title, text, steps }: { title: string; text: string; steps: readonly Step[] }) {
  const t = useT();
  const next = steps.find((step) => !step.done);
  return (
    <section className="card first-steps" aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" size="sm">
        {text}
      </Text>
      <ol>
        {steps.map((step, index) => (
          <li key={step.key} data-done={step.done || undefined} aria-current={step === next ? 'step' : undefined}>
            <span className="step-mark" aria-hidden="true">
              {step.done ? <Icon name="check" size={16} /> : index + 1}
            </span>
            <div>
              <b>{step.title}</b>
              {step.done && <span className="visually-hidden"> ({t('steps.done')})</span>}
              <Text size="sm" c="dimmed">
                {step.text}
              </Text>
              {step === next && <div style={{ marginTop: 8 }}>{step.action}</div>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
