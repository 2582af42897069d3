/** The signed-in person's own things. */
export const accountTexts = {
  account: {
    profile: 'Profile',
    you: 'You',
    noRoles: 'none: you use your own workspaces',
    changePassword: 'Change the password',
    current: 'Current password',
    passwordChanged: 'The password was changed',
  },
  tokens: {
    new: 'New token',
    empty: 'No token yet',
    emptyText: 'A token lets a program act for you, within the permissions that you give it.',
    nameHelp: 'What it is for.',
    scopesHelp: 'The token can do no more than this, and never more than you.',
    once: 'This secret is shown once. Copy it now.',
    copy: 'Copy the token',
    lastUsed: 'Last used',
    neverUsed: 'never',
    expires: 'Ends',
    revoke: 'Revoke',
    revokeTitle: 'Revoke the token {{name}}?',
    revokeText: 'Programs that use it are refused from now on.',
  },
};
