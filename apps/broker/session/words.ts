import type { LobbyView } from '@atelier/rdp';

/** What people read in the lobby. */
export const words = {
  product: 'Atelier',
  findingDesktop: 'Finding your desktop',
  preparing: (collection: string) => `Preparing ${collection}`,
  wrongPassword: 'The name or the password is wrong.',
  wait: (seconds: number) => `Too many attempts. Wait ${seconds} s and try again.`,
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
