import type { LobbyView } from '@atelier/rdp';

/** What people read in the lobby. */
export const words = {
  product: 'Atelier',
  findingDesktop: 'Finding your desktop',
  preparing: (collection: string) => `Preparing ${collection}`,
  choose: 'Choose a desktop',
  chooseHow: 'You may use several.',
  sessionOpen: 'session open',
  wrongPassword: 'The name or the password is wrong.',
  wait: (seconds: number) => `Too many attempts. Wait ${seconds} s and try again.`,
  disconnected: 'You were disconnected',
  disconnectedHow:
    'An administrator ended this connection. Your desktop is still there: connect again to get back to it.',
  /** In the decision's trace. */
  targetAsks:
    'by a ticket: there is no password to hand on, so the target asks for one; with single-use passwords it would not',
  /** In the decision's trace, of a client that is relayed elsewhere after its target was lost. */
  byToken: (lostTarget: string) =>
    `by the token of its session on ${lostTarget}, which was lost: the new target asks for name and password itself`,
  retaken: (lostTarget: string, target: string) =>
    `reconnected after the loss of ${lostTarget}: the same connection goes on to ${target}, without a redirection`,
  noDesktop: 'You have no desktop here. Ask your administrator.',
} as const;

/** The progress picture. */
export const progressView = (given: {
  readonly title: string;
  readonly subtitle: string;
  readonly status: string;
  readonly tick: number;
}): LobbyView => ({
  kind: 'progress',
  product: words.product,
  ...given,
  progress: null,
  hint: 'Press Esc to cancel',
  cancel: 'Cancel',
});

/** The list of collections; it begins at the first that has a session. */
export const choiceView = (collections: readonly { readonly name: string; readonly live: boolean }[]): LobbyView => ({
  kind: 'choice',
  product: words.product,
  title: words.choose,
  subtitle: words.chooseHow,
  options: collections.map(({ name, live }) => ({ label: name, note: live ? words.sessionOpen : '' })),
  selected: Math.max(
    0,
    collections.findIndex(({ live }) => live),
  ),
  cancel: 'Cancel',
  hint: '↑ ↓ to move, Enter to open, Esc to cancel',
});

/** The sign-in form; `busy` while a password is checked. */
export const signInView = (error: string, busy = false): LobbyView => ({
  kind: 'sign-in',
  product: words.product,
  title: 'Sign in',
  subtitle: 'to your desktop',
  userLabel: 'User name',
  passwordLabel: 'Password',
  submit: 'Sign in',
  cancel: 'Cancel',
  error,
  busy: busy ? 'Checking…' : null,
  capsLockWarning: 'Caps Lock is on',
  hint: '',
});

/** The last picture, when nothing more comes. */
export const messageView = (title: string, text: string): LobbyView => ({
  kind: 'message',
  product: words.product,
  title,
  text,
  hint: '',
  close: 'Close',
});
