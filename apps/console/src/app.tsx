import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { problemOf } from './api/problem.ts';
import { SetupPage } from './pages/sign-in/setup-page.tsx';
import { SignInGate } from './pages/sign-in/sign-in-gate.tsx';
import { Shell } from './shell/shell.tsx';
import { theme } from './style/theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // What the server decided will not change by asking again; a lost network might.
      retry: (count, error) => count < 3 && [0, 502, 503, 504].includes(problemOf(error).status),
    },
  },
});
const schemes = localStorageColorSchemeManager({ key: 'atelier.scheme' });

/** The whole console. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes}>
      <QueryClientProvider client={queries}>
        <Notifications position="top-center" />
        <Switch>
          <Route path="/setup" component={SetupPage} />
          <Route>
            <SignInGate>
              <Shell />
            </SignInGate>
          </Route>
        </Switch>
      </QueryClientProvider>
    </MantineProvider>
  );
}
