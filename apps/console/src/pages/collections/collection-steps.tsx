import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Steps } from '../../components/steps.tsx';
import { useT } from '../../i18n/use-t.ts';

/** The three steps from nothing to a desktop behind one name. Without `of`, the first is still to be done, by `make`. */
export function CollectionSteps({
  of,
  make,
}: {
  of?: { readonly id: string; readonly targets: number; readonly entitled: number };
  make?: ReactNode;
}) {
  const t = useT();
  const link = (href: string, text: string) => (
    <Button component={Link} href={href} size="xs">
      {text}
    </Button>
  );
  const base = `/collections/${of?.id ?? ''}`;
  const steps = [
    { key: 'make', done: of !== undefined, action: make },
    {
      key: 'add',
      done: (of?.targets ?? 0) > 0,
      action: link(`${base}/targets?add=1`, t('targets.add')),
    },
    {
      key: 'entitle',
      done: (of?.entitled ?? 0) > 0,
      action: link(`${base}/people?add=1`, t('entitlements.add')),
    },
  ] as const;
  return (
    <Steps
      title={t('collections.stepsTitle')}
      text={t('collections.stepsText')}
      steps={steps.map((step) => ({
        ...step,
        title: t(`collections.step_${step.key}`),
        text: t(`collections.step_${step.key}Text`),
      }))}
    />
  );
}
