import { Alert, Text } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { useT } from '../../i18n/use-t.ts';
import { failureText } from './known-text.ts';

/** Why nobody was connected, and what to do. */
export function FailureAlert({ failure }: { failure: string }) {
  const t = useT();
  const code = failureText(failure, 'title') === null ? 'other' : failure;
  const part = (name: 'title' | 'cause' | 'fix') => failureText(code, name);
  return (
    <Alert
      className="alert-bad"
      color="red"
      variant="outline"
      radius="lg"
      icon={<Icon name="error" />}
      title={part('title')}
    >
      <Text size="sm">
        <b>{t('problem.cause')}</b> {part('cause')}
      </Text>
      <Text size="sm">
        <b>{t('problem.fix')}</b> {part('fix')}
      </Text>
      <Text size="xs" c="dimmed" mt={8}>
        {t('decisions.reason')} <span className="mono">{failure}</span>
      </Text>
    </Alert>
  );
}
