const text = (title: string, cause: string, fix: string) => ({ title, cause, fix });

/** The server's errors in French, by code (dot as underscore). What is not here is shown in the server's English. */
export const problems = {
  console_offline: text(
    'le serveur est injoignable',
    'le réseau ou le serveur est en panne',
    'vérifiez le réseau ; la page réessaie d’elle-même',
  ),
  console_failed: text(
    'quelque chose s’est mal passé dans la console',
    'un défaut de la console',
    'rechargez la page, et signalez-le si cela se répète',
  ),
  request_invalid: text(
    'la demande n’est pas valable',
    'un champ manque, n’a pas la bonne forme ou sort des limites',
    'corrigez les champs indiqués et renvoyez',
  ),
  'request_too-large': text(
    'la demande est trop grande',
    'elle dépasse ce que cette adresse accepte',
    'envoyez-en moins à la fois',
  ),
  'request_not-found': text(
    'il n’y a rien à cette adresse',
    'elle est mal écrite ou appartient à une autre version du logiciel',
    'cherchez l’adresse dans /api/openapi.json',
  ),
  request_conflict: text(
    'quelqu’un d’autre l’a changé avant vous',
    'l’objet a été modifié après que vous l’avez lu',
    'rechargez, regardez la différence et refaites votre changement',
  ),
  'request_idempotency-mismatch': text(
    'cette clé d’idempotence a servi à une autre demande',
    'une clé appartient à une demande et à sa réponse',
    'prenez une nouvelle clé pour une nouvelle demande',
  ),
  'request_too-many': text(
    'trop de demandes',
    'une limite par personne ou par adresse est atteinte',
    'attendez un peu et réessayez',
  ),
  server_internal: text(
    'le serveur a rencontré une erreur inattendue',
    'un défaut, ou une partie de la machine en panne',
    'cherchez l’identifiant de corrélation dans le journal du serveur, et signalez-le',
  ),
  'server_not-ready': text(
    'le serveur n’est pas prêt',
    'il démarre, s’arrête, ou n’atteint pas sa base de données',
    'attendez, puis voyez dans /readyz quel contrôle échoue',
  ),
  'server_unsupported-database': text(
    'la base de données est plus récente que ce logiciel',
    'une version plus récente l’a migrée',
    'démarrez la version plus récente, ou restaurez une sauvegarde de l’ancienne',
  ),
  'people_not-signed-in': text(
    'vous n’êtes pas connecté',
    'il n’y a pas de session ou de jeton, ou il a expiré',
    'reconnectez-vous',
  ),
  'people_sign-in-failed': text(
    'le nom ou le mot de passe est faux',
    'aucun compte n’a ce nom avec ce mot de passe',
    'retapez les deux ; un administrateur peut donner un nouveau mot de passe',
  ),
  'people_sign-in-backoff': text(
    'trop de mots de passe faux',
    'la connexion a été essayée trop souvent avec un mot de passe faux',
    'attendez un peu avant de réessayer',
  ),
  'people_not-allowed': text(
    'vous n’avez pas le droit de faire cela',
    'aucun de vos rôles ne donne ce droit ici',
    'demandez à un propriétaire un rôle qui le donne',
  ),
  'people_setup-link-invalid': text(
    'ce lien de mise en service n’est pas valable',
    'il a déjà servi, a expiré ou a été copié en partie',
    'lancez « atelier server setup-link » sur le serveur pour en avoir un nouveau',
  ),
  'people_not-found': text(
    'cet utilisateur ou ce groupe n’existe pas',
    'il a été supprimé, ou le nom est mal écrit',
    'voyez la liste sous Personnes',
  ),
  'people_token-not-found': text(
    'ce jeton d’API n’existe pas',
    'il a été révoqué, ou appartient à quelqu’un d’autre',
    'voyez la liste des vôtres',
  ),
  'people_binding-not-found': text('ce rôle n’est plus donné', 'il a déjà été retiré', 'voyez la liste des rôles'),
  'people_name-taken': text(
    'ce nom est pris',
    'les noms sont uniques, sans égard aux majuscules',
    'choisissez un autre nom',
  ),
  'people_last-owner': text(
    'c’est le dernier propriétaire',
    'sans propriétaire, plus personne ne pourrait gérer le système',
    'nommez d’abord un autre propriétaire',
  ),
  'people_group-cycle': text(
    'un groupe ne peut pas se contenir lui-même',
    'le changement ferait un cercle de groupes',
    'retirez d’abord l’autre appartenance',
  ),
  'people_password-weak': text(
    'le mot de passe est trop faible',
    'il a moins de 10 caractères ou est courant',
    'choisissez-en un plus long ; une phrase convient bien',
  ),
  'image_not-found': text(
    'cette image ou version n’existe pas',
    'elle a été supprimée, ou le nom ou le numéro est mal écrit',
    'voyez la liste des images',
  ),
  'image_name-taken': text(
    'une image de ce nom existe',
    'les noms d’image sont uniques',
    'importez-en une nouvelle version, ou choisissez un autre nom',
  ),
  'image_wrong-state': text(
    'l’état de la version ne le permet pas',
    'chaque étape a besoin de la précédente : importer, préparer, publier, promouvoir',
    'regardez l’état de la version',
  ),
  'image_in-use': text(
    'la version est utilisée',
    'un canal ou un espace de travail figé la désigne',
    'dirigez-le d’abord vers une autre version',
  ),
  'image_no-key': text(
    'pas de telle clé de contenu',
    'l’image n’est pas chiffrée, la clé n’a jamais été la sienne, ou personne sur ce poste n’a droit à l’image',
    'voyez les clés de l’image avec « atelier image show », et qui en dispose avec « atelier assignment ls »',
  ),
  'image_bad-disk': text(
    'le fichier n’est pas un disque importable',
    'il est abîmé, d’un autre format, trop grand, ou renvoie à d’autres fichiers',
    'convertissez-le avec qemu-img en qcow2 ou raw, et importez le résultat',
  ),
  'image_upload-mismatch': text(
    'l’envoi ne correspond pas à ce qui était annoncé',
    'des octets manquent, ou il reprend au mauvais endroit',
    'reprenez l’envoi avec le même fichier',
  ),
  'image_test-unavailable': text(
    'l’essai ne peut pas démarrer',
    'QEMU manque sur le serveur, ou un essai de cette version tourne déjà',
    'lancez « atelier doctor » sur le serveur',
  ),
  'workspace_not-found': text(
    'cet espace de travail n’existe pas',
    'il a été supprimé, ou le nom est mal écrit',
    'voyez la liste des espaces de travail',
  ),
  'workspace_name-taken': text(
    'un espace de travail de ce nom existe',
    'les noms sont uniques',
    'choisissez un autre nom',
  ),
  'workspace_no-version': text(
    'l’espace de travail n’a pas de version à démarrer',
    'son canal ne désigne encore rien',
    'promouvez une version vers ce canal',
  ),
  'workspace_not-assigned': text(
    'cet espace de travail ne vous est pas attribué',
    'aucune attribution active ne vous le donne, ni à un de vos groupes',
    'demandez une attribution à un administrateur',
  ),
  workspace_expired: text(
    'votre droit à cet espace de travail a pris fin',
    'l’attribution avait une date de fin, et elle est passée',
    'demandez à un administrateur de la prolonger',
  ),
  'workspace_offline-exceeded': text(
    'ce poste a été hors ligne trop longtemps',
    'l’attribution limite la durée sans contact avec le serveur',
    'connectez-vous au réseau pour renouveler la politique',
  ),
  workspace_disabled: text(
    'l’espace de travail est désactivé',
    'un administrateur l’a désactivé',
    'demandez à votre administrateur',
  ),
  workspace_blocked: text(
    'l’espace de travail ne peut pas démarrer sur ce poste',
    'une exigence de sa politique n’est pas remplie',
    'voyez le détail ; votre administrateur peut changer la politique',
  ),
  workspace_locked: text(
    'l’espace de travail est verrouillé',
    'vous l’avez verrouillé, ou il était inactif',
    'déverrouillez-le avec votre mot de passe',
  ),
  'workspace_wrong-state': text(
    'l’état de l’espace de travail ne le permet pas',
    'par exemple il tourne déjà, ou il est en cours de chargement',
    'regardez son état',
  ),
  'assignment_not-found': text(
    'cette attribution n’existe pas',
    'elle a été supprimée',
    'voyez la liste des attributions',
  ),
  assignment_exists: text(
    'cet espace de travail leur est déjà attribué',
    'il y a une attribution par espace de travail et par personne ou groupe',
    'modifiez l’attribution existante',
  ),
  'endpoint_not-found': text(
    'ce poste n’existe pas',
    'il a été supprimé, ou le nom est mal écrit',
    'voyez la liste des postes',
  ),
  endpoint_offline: text(
    'le poste n’est pas connecté',
    'il est éteint, sans réseau, ou le client n’y tourne pas',
    'démarrez-y le client et réessayez',
  ),
  'endpoint_token-invalid': text(
    'ce jeton d’inscription n’est pas valable',
    'il a servi, a expiré ou a été copié en partie',
    'préparez-en un nouveau',
  ),
  endpoint_revoked: text(
    'ce poste a été révoqué',
    'un administrateur l’a révoqué',
    'inscrivez-le à nouveau avec un nouveau jeton',
  ),
  endpoint_certificate: text(
    'le poste n’a pas prouvé qui il est',
    'il n’a montré aucun certificat de ce serveur, ou il a expiré',
    'inscrivez le poste à nouveau',
  ),
  'task_not-found': text(
    'cette tâche n’existe pas',
    'elle est trop ancienne, ou appartient à quelqu’un d’autre',
    'voyez la liste des tâches',
  ),
  'event_not-found': text('cet événement n’existe pas', 'il est trop ancien', 'voyez la liste des événements'),
  repository_unavailable: text(
    'le dépôt est injoignable',
    'son stockage ne répond pas ou est plein',
    'lancez « atelier doctor » sur le serveur',
  ),
  'broker_session-ended': text(
    'la session est finie',
    'elle a été fermée, sa cible est perdue, ou le temps pour s’y connecter est passé',
    'connectez-vous de nouveau',
  ),
  'broker_not-found': text(
    'cet objet du courtier n’existe pas',
    'il a été retiré, ou le nom est mal écrit',
    'voyez ce qu’il y a sous Collections et Sessions',
  ),
  'broker_name-taken': text(
    'ce nom est pris',
    'les noms de collections, de cibles et d’environnements sont uniques, majuscules ou non',
    'choisissez un autre nom',
  ),
  'broker_in-use': text(
    'il sert encore',
    'la collection a des cibles, ou l’environnement ou la cible a des sessions',
    'retirez ou déplacez d’abord ce qui s’en sert',
  ),
  'broker_not-managed': text(
    'la cible ne se commande pas',
    'elle n’est liée à aucun hôte géré, personne ne peut donc y fermer de session',
    'ajoutez la machine sous Hôtes et liez-la à la cible',
  ),
  'broker_command-failed': text(
    'la cible ne l’a pas fait',
    'la commande y a fini par une erreur, ou la session n’y est plus',
    'voyez le détail ; regardez de nouveau les sessions de la cible',
  ),
  'broker_no-address': text(
    'l’adresse du courtier n’est pas connue',
    'personne n’a encore dit ce que les clients doivent appeler',
    'dites-le sous Courtiers, Réglages',
  ),
  'broker_no-maker': text(
    'personne ne fait de machines pour cette collection',
    'aucun greffon activé, qui vaut pour la collection et fait des machines, n’est prêt dans un courtier',
    'installez-en un et activez-le ; voyez l’état des greffons sous Courtiers, Greffons',
  ),
  'broker_no-tasks': text(
    'le greffon ne fait pas de tâches',
    'aucun courtier n’exécute un greffon de ce nom qui fait des tâches',
    'voyez à quoi les greffons prennent part sous Courtiers, Greffons',
  ),
  'broker_plug-in-failed': text(
    'le greffon ne l’a pas fait',
    'le greffon a dit qu’il échouait, ou s’est arrêté pendant le travail',
    'voyez le détail et le journal de la tâche ; corrigez la cause et recommencez',
  ),
  'broker_target-kept-elsewhere': text(
    'un greffon tient cette cible',
    'seul le greffon qui a ajouté une cible la modifie ou la retire',
    'modifiez-la là d’où le greffon la tient, ou désactivez le greffon puis retirez-la',
  ),
};
