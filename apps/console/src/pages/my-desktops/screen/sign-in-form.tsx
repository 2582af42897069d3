import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../../../i18n/use-t.ts';

/** Asks for the name and the password of the desktop itself. They go into the session, and are kept nowhere. */
export function SignInForm({
  name,
  target,
  submit,
}: {
  name: string;
  target: string;
  submit: (user: string, password: string) => void;
}) {
  const t = useT();
  const [user, setUser] = useState(name);
  const [password, setPassword] = useState('');
  return (
    <form
      className="card"
      style={{ padding: 20, width: 'min(380px, 90%)', textAlign: 'start' }}
      onSubmit={(event) => {
        event.preventDefault();
        submit(user.trim(), password);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('desktopScreen.signInText', { target })}</Text>
        <TextInput
          label={t('desktopScreen.user')}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
          autoComplete="off"
          required
        />
        <PasswordInput
          label={t('desktopScreen.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="off"
          required
          data-autofocus
        />
        <Button type="submit">{t('desktopScreen.signIn')}</Button>
      </Stack>
    </form>
  );
}
