import { contract } from '@atelier/api';
import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { keyOf } from '../../api/query.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { Door } from './door.tsx';

/** `/setup#token=…`: makes the first administrator. The token is in the fragment, so it reaches no log; it leaves the address bar at once. */
export function SetupPage() {
  const t = useT();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  const form = useFields({ token, name: '', displayName: '', password: '', again: '' }, contract.sessions.setup.body);
  useEffect(() => {
    history.replaceState(null, '', '/setup');
    document.title = `${t('setup.title')} · Atelier`;
  }, [t]);
  const setup = useAct(
    () => {
      const { again: _, ...body } = form.values;
      return api.sessions.setup({ body });
    },
    {
      quiet: true,
      onDone: (me) => {
        queries.setQueryData(keyOf('sessions', 'me'), me);
        go('/');
      },
    },
  );
  return (
    <Door>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!form.check()) return;
          if (form.values.password.length < 10) form.setErrors({ password: t('setup.tooShort') });
          else if (form.values.password !== form.values.again) form.setErrors({ again: t('setup.differs') });
          else setup.mutate();
        }}
      >
        <Stack>
          <Title order={1}>{t('setup.title')}</Title>
          <Text c="dimmed" size="sm">
            {t('setup.text')}
          </Text>
          {token === '' && (
            <TextInput label={t('setup.token')} description={t('setup.tokenHelp')} {...form.text('token')} />
          )}
          <TextInput
            label={t('signIn.name')}
            description={t('setup.nameHelp')}
            autoComplete="username"
            autoFocus
            {...form.text('name')}
          />
          <TextInput label={t('people.displayName')} autoComplete="name" {...form.text('displayName')} />
          <PasswordInput
            label={t('signIn.password')}
            description={t('setup.passwordHelp')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
            {...form.text('password')}
          />
          <PasswordInput
            label={t('setup.again')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
            {...form.text('again')}
          />
          {setup.error !== null && <ProblemAlert error={setup.error} />}
          <Button type="submit" loading={setup.isPending} fullWidth size="md">
            {t('setup.submit')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
