import { Alert, Button, Group, Text } from '@mantine/core';
import { problemOf } from '../api/problem.ts';
import { useProblemTexts } from '../i18n/problem-texts.ts';
import { useT } from '../i18n/use-t.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';

/** What went wrong, why, what to do, and the id to look it up by. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useT();
  const problem = useProblemTexts(problemOf(error));
  return (
    <Alert
      className="alert-bad"
      color="red"
      variant="outline"
      icon={<Icon name="error" />}
      title={problem.title}
      role="alert"
      radius="lg"
    >
      {problem.detail && problem.detail !== problem.title && <Text size="sm">{problem.detail}</Text>}
      {problem.cause && (
        <Text size="sm" mt={6}>
          <b>{t('problem.cause')}</b> {problem.cause}
        </Text>
      )}
      {problem.fix && (
        <Text size="sm">
          <b>{t('problem.fix')}</b> {problem.fix}
        </Text>
      )}
      <Group gap="xs" mt={8} justify="space-between">
        {problem.correlationId ? (
          <Group gap={4} c="dimmed" fz="xs">
            <span>
              {t('problem.id')} <span className="mono">{problem.correlationId}</span> ·{' '}
              <span className="mono">{problem.code}</span>
            </span>
            <CopyButton text={problem.correlationId} label={t('problem.copyId')} />
          </Group>
        ) : (
          <span className="mono">{problem.code}</span>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('common.retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
