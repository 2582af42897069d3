import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { keyOf, useRead } from '../../api/query.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Name and password; on an empty system it says how to get the set-up link. */
export function SignInForm() {
  const t = useT();
  const queries = useQueryClient();
  const setup = useRead('sessions', 'setupState', undefined, { retry: false });
  const form = useFields({ name: '', password: '' });
  const signIn = useAct(() => api.sessions.signIn({ body: form.values }), {
    quiet: true,
    onDone: ({ secret: _, ...me }) => {
      // Everything else in the cache belongs to whoever was here before.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'me' });
      queries.setQueryData(keyOf('sessions', 'me'), me);
    },
  });
  useEffect(() => {
    document.title = `${t('signIn.title')} · Atelier`;
  }, [t]);
  if (setup.data?.needed)
    return (
      <Stack>
        <Title order={1}>{t('setup.neededTitle')}</Title>
        <Text>{t('setup.neededText')}</Text>
        <div className="command">
          <code>atelier server setup-link</code>
        </div>
        <Button variant="default" onClick={() => setup.refetch()} loading={setup.isFetching}>
          {t('common.retry')}
        </Button>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <Stack>
        <Title order={1}>{t('signIn.title')}</Title>
        <TextInput
          label={t('signIn.name')}
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          {...form.text('name')}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          {...form.text('password')}
        />
        {signIn.error !== null && <ProblemAlert error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending} fullWidth size="md">
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  );
}
