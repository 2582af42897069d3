import type { Overview } from '@atelier/api';
import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { Steps } from '../../components/steps.tsx';
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
  return (
    <Steps
      title={t('steps.title')}
      text={t('steps.text')}
      steps={steps.map(({ key, done, href }) => ({
        key,
        done,
        title: t(`steps.${key}`),
        text: t(`steps.${key}Text`),
        action: (
          <Button component={Link} href={href} size="xs">
            {t(`steps.${key}Do`)}
          </Button>
        ),
      }))}
    />
  );
}
