/** Ce qui est propre à la personne connectée. */
export const accountTexts = {
  account: {
    profile: 'Profil',
    you: 'Vous',
    noRoles: 'aucun : vous vous servez de vos espaces de travail',
    changePassword: 'Changer le mot de passe',
    current: 'Mot de passe actuel',
    passwordChanged: 'Le mot de passe a été changé',
  },
  tokens: {
    new: 'Nouveau jeton',
    empty: 'Pas encore de jeton',
    emptyText: 'Un jeton permet à un programme d’agir pour vous, dans les droits que vous lui donnez.',
    nameHelp: 'À quoi il sert.',
    scopesHelp: 'Le jeton ne peut rien de plus que ceci, et jamais plus que vous.',
    once: 'Ce secret n’est montré qu’une fois. Copiez-le maintenant.',
    copy: 'Copier le jeton',
    lastUsed: 'Dernier usage',
    neverUsed: 'jamais',
    expires: 'Fin',
    revoke: 'Révoquer',
    revokeTitle: 'Révoquer le jeton {{name}} ?',
    revokeText: 'Les programmes qui s’en servent sont désormais refusés.',
  },
};
