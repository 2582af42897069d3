import { Center, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { MeProvider } from '../../api/me.tsx';
import { problemOf } from '../../api/problem.ts';
import { keyOf, useRead } from '../../api/query.ts';
import { signedOut } from '../../api/transport.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';
import { Door } from './door.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Lets in who is signed in, and shows the sign-in form at the wanted address to everybody else. */
export function SignInGate({ children }: { children: ReactNode }) {
  const t = useT();
  const queries = useQueryClient();
  const me = useRead('sessions', 'me', undefined, { staleTime: 60_000 });
  useEffect(() => {
    const ask = () => void queries.invalidateQueries({ queryKey: keyOf('sessions', 'me') });
    signedOut.addEventListener('signed-out', ask);
    return () => signedOut.removeEventListener('signed-out', ask);
  }, [queries]);
  if (me.isPending)
    return (
      <Center h="100dvh">
        <Loader aria-label={t('common.loading')} />
      </Center>
    );
  const refused = me.error !== null && problemOf(me.error).status === 401;
  if (me.data && !refused) return <MeProvider value={me.data}>{children}</MeProvider>;
  return <Door>{refused ? <SignInForm /> : <ProblemAlert error={me.error} retry={() => me.refetch()} />}</Door>;
}
