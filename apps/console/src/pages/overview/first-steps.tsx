import type { Overview } from '@atelier/api';
import { Button, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { Icon } from '../../components/icon.tsx';
import { useT } from '../../i18n/use-t.ts';

/** The road from an empty system to somebody's desktop; goes away when it was walked. */
export function FirstSteps({ data }: { data: Overview }) {
  const t = useT();
  const steps = [
    { key: 'image', done: data.versionsAvailable > 0, href: data.images === 0 ? '/images?new=1' : '/images' },
    { key: 'workspace', done: data.workspaces > 0, href: '/new-workspace' },
    { key: 'assign', done: data.assignments > 0, href: '/assignments?new=1' },
    { key: 'endpoint', done: data.endpoints.total > 0, href: '/endpoints?add=1' },
  ] as const;
  if (steps.every((step) => step.done)) return null;
  const next = steps.find((step) => !step.done)!;
  return (
    <section className="card first-steps" aria-label={t('steps.title')}>
      <Title order={2}>{t('steps.title')}</Title>
      <Text c="dimmed" size="sm">
        {t('steps.text')}
      </Text>
      <ol>
        {steps.map((step, index) => (
          <li key={step.key} data-done={step.done || undefined} aria-current={step === next ? 'step' : undefined}>
            <span className="step-mark" aria-hidden="true">
              {step.done ? <Icon name="check" size={16} /> : index + 1}
            </span>
            <div>
              <b>{t(`steps.${step.key}`)}</b>
              {step.done && <span className="visually-hidden"> ({t('steps.done')})</span>}
              <Text size="sm" c="dimmed">
                {t(`steps.${step.key}Text`)}
              </Text>
              {step === next && (
                <Button component={Link} href={step.href} size="xs" mt={8}>
                  {t(`steps.${step.key}Do`)}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
