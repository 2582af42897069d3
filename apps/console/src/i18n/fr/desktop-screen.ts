/** Un bureau dans le navigateur. */
export const desktopScreenTexts = {
  desktopScreen: {
    label: 'Bureau {{name}}. Le clavier lui appartient tant qu’il a le focus ; Ctrl+Alt+Maj le ramène.',
    preparing: 'en préparation',
    'sign-in': 'attend votre connexion',
    connecting: 'connexion en cours',
    live: 'connecté',
    ended: 'terminé',
    failed: 'non connecté',
    refused: 'non connecté',
    leaveKeys: 'Ctrl+Alt+Maj ramène le clavier ici.',
    scale: 'Taille de l’image',
    fit: 'Ajustée',
    real: 'Réelle',
    keyboard: 'Votre clavier',
    keyboardNext: 'Le bureau prendra ce clavier à la prochaine connexion',
    clipboard: 'Presse-papiers',
    clipboardAuto: 'Le texte passe de lui-même dans les deux sens.',
    clipboardManual: 'Votre navigateur ne donne votre presse-papiers à cette page que sur votre ordre.',
    clipboardSend: 'Donner le mien au bureau',
    clipboardTake: 'Prendre celui du bureau',
    clipboardSent: 'Le bureau a votre presse-papiers : collez-le là-bas',
    clipboardTaken: 'Vous avez le presse-papiers du bureau',
    clipboardRefused: 'Le navigateur a refusé le presse-papiers',
    clipboardFix:
      'Autorisez le presse-papiers pour cette page dans la barre d’adresse. Un presse-papiers vide ne peut pas non plus être donné.',
    user: 'Nom d’utilisateur sur le bureau',
    password: 'Mot de passe sur le bureau',
    signIn: 'Se connecter',
    signInText: 'Connectez-vous à {{target}}. Nom et mot de passe ne vont qu’au bureau, et ne sont gardés nulle part.',
    waitText: 'Recherche de votre bureau…',
    again: 'Se reconnecter',
    refusedTitle: 'Il n’y a pas de bureau pour vous maintenant',
    refusedCause: 'Le courtier dit : {{text}}.',
    refusedFix:
      'Réessayez dans un instant. Si cela dure, demandez à votre administrateur : la tentative figure sous Décisions.',
    failure: {
      credentials: {
        title: 'Le bureau n’a pas accepté ce nom et ce mot de passe',
        cause: 'Ce sont ceux du bureau, qui peuvent différer de ceux de cette page.',
        fix: 'Reconnectez-vous, et saisissez-les de nouveau.',
      },
      place: {
        title: 'Votre place sur le bureau a été libérée',
        cause: 'Trop de temps a passé avant votre connexion, ou la liaison avait déjà servi.',
        fix: 'Reconnectez-vous : vous y serez conduit de nouveau.',
      },
      target: {
        title: 'La machine ne répond pas',
        cause: 'Elle avait été choisie pour vous, mais rien n’en est revenu.',
        fix: 'Reconnectez-vous dans un instant : une autre machine est choisie quand celle-ci est en panne.',
      },
      certificate: {
        title: 'La machine n’est pas celle que l’on connaît',
        cause:
          'Elle montre un autre certificat que celui qui est gardé pour elle. Quelqu’un est peut-être entre les deux.',
        fix: 'Dites-le à votre administrateur ; ne saisissez pas votre mot de passe ailleurs à la place.',
      },
      security: {
        title: 'La machine et le navigateur n’ont pas de sécurité commune',
        cause:
          'Elle n’accepte peut-être que l’authentification au niveau du réseau (NLA), que le navigateur ne pratique pas.',
        fix: 'Ouvrez-la avec le fichier .rdp, ou faites-lui accepter TLS sans NLA.',
      },
      server: {
        title: 'Le serveur est injoignable',
        cause: 'La liaison de ce navigateur, ou du serveur à un courtier, a été coupée.',
        fix: 'Vérifiez votre réseau, puis reconnectez-vous.',
      },
      connection: {
        title: 'Le bureau n’a pas pu être ouvert',
        cause: 'La liaison a été coupée pendant la mise en place du bureau.',
        fix: 'Reconnectez-vous dans un instant. Si cela dure, demandez à votre administrateur.',
      },
    },
    end: {
      elsewhere: {
        title: 'Le bureau est maintenant ouvert ailleurs',
        cause: 'Vous l’avez ouvert dans une autre fenêtre ou sur un autre ordinateur, et il y est passé.',
        fix: 'Reconnectez-vous pour le ramener ici.',
      },
      signedOut: {
        title: 'Votre session est fermée',
        cause: 'La session sur le bureau a pris fin.',
        fix: 'Reconnectez-vous pour en commencer une autre.',
      },
      closed: {
        title: 'Le bureau a fermé la connexion',
        cause: 'Vous vous y êtes déconnecté, ou il a été ouvert ailleurs.',
        fix: 'Reconnectez-vous pour continuer.',
      },
      lost: {
        title: 'La connexion a pris fin',
        cause: 'Elle a été coupée, ou un administrateur vous a déconnecté.',
        fix: 'Ce que vous aviez ouvert y est encore : reconnectez-vous.',
      },
    },
  },
};
