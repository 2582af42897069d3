/** Un bureau dans le navigateur. */
export const desktopScreenTexts = {
  desktopScreen: {
    label: 'Bureau {{name}}',
    preparing: 'en préparation',
    'sign-in': 'attend votre connexion',
    connecting: 'connexion en cours',
    live: 'connecté',
    ended: 'terminé',
    failed: 'non connecté',
    leaveKeys: 'Ctrl+Alt+Maj ramène le clavier ici.',
    scale: 'Taille de l’image',
    fit: 'Ajustée',
    real: 'Réelle',
    user: 'Nom d’utilisateur sur le bureau',
    password: 'Mot de passe sur le bureau',
    signIn: 'Se connecter',
    signInText: 'Connectez-vous à {{target}}. Nom et mot de passe ne vont qu’au bureau, et ne sont gardés nulle part.',
    waitText: 'Recherche de votre bureau…',
    endedText:
      'La session est terminée, ou la connexion a été coupée. Ce que vous aviez ouvert y est encore, sauf si vous vous êtes déconnecté.',
    failedText: {
      credentials: 'Le bureau n’a pas accepté ce nom et ce mot de passe.',
      connection: 'Le bureau est injoignable. Réessayez dans un instant.',
      refused: 'Il n’y a pas de bureau pour vous maintenant : {{detail}}.',
    },
    again: 'Se reconnecter',
  },
};
