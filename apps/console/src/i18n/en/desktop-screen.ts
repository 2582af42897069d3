/** A desktop in the browser. */
export const desktopScreenTexts = {
  desktopScreen: {
    label: 'Desktop {{name}}',
    preparing: 'getting ready',
    'sign-in': 'waiting for your sign-in',
    connecting: 'connecting',
    live: 'connected',
    ended: 'ended',
    failed: 'not connected',
    leaveKeys: 'Ctrl+Alt+Shift brings the keyboard back here.',
    scale: 'Size of the picture',
    fit: 'Fit',
    real: 'Real size',
    user: 'User name on the desktop',
    password: 'Password on the desktop',
    signIn: 'Sign in',
    signInText: 'Sign in to {{target}}. Name and password go to the desktop only, and are kept nowhere.',
    waitText: 'Finding your desktop…',
    endedText:
      'The session ended, or the connection broke off. What you had open is still there unless you signed out.',
    failedText: {
      credentials: 'The desktop did not take this name and password.',
      connection: 'The desktop could not be reached. Try again in a moment.',
      refused: 'There is no desktop for you now: {{detail}}.',
    },
    again: 'Connect again',
  },
};
