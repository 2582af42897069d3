import type { Permission } from '@atelier/api';
import type { IconName } from '../components/icon.tsx';

export interface NavItem {
  /** Key of the title in `nav.*`. */
  readonly key:
    | 'my'
    | 'myDesktops'
    | 'overview'
    | 'images'
    | 'workspaces'
    | 'assignments'
    | 'endpoints'
    | 'hosts'
    | 'collections'
    | 'targets'
    | 'environments'
    | 'desktopSessions'
    | 'decisions'
    | 'broker'
    | 'events'
    | 'tasks'
    | 'audit'
    | 'people';
  readonly href: string;
  readonly icon: IconName;
  readonly needs: Permission | null;
  /** Items that follow each other in one group stand under its heading. */
  readonly group?: 'desktops';
  /** Second key after `g`. */
  readonly shortcut: string;
  /** Other words under which people look for it. */
  readonly keywords: string;
}

/** The nouns of the product, in the order of work. */
export const navItems: readonly NavItem[] = [
  { key: 'my', href: '/my', icon: 'my', needs: null, shortcut: 'm', keywords: 'desktop start vm bureau' },
  {
    key: 'myDesktops',
    href: '/my/desktops',
    icon: 'screen',
    needs: null,
    shortcut: 'd',
    keywords: 'rdp remote session bureau distance',
  },
  {
    key: 'overview',
    href: '/',
    icon: 'overview',
    needs: 'system:read',
    shortcut: 'o',
    keywords: 'home health dashboard accueil santé',
  },
  {
    key: 'images',
    href: '/images',
    icon: 'image',
    needs: 'image:read',
    shortcut: 'i',
    keywords: 'disk upload version channel repository disque',
  },
  {
    key: 'workspaces',
    href: '/workspaces',
    icon: 'workspace',
    needs: 'workspace:read',
    shortcut: 'w',
    keywords: 'policy politique espace',
  },
  {
    key: 'assignments',
    href: '/assignments',
    icon: 'assignment',
    needs: 'workspace:read',
    shortcut: 's',
    keywords: 'grant rights attribution droits',
  },
  {
    key: 'endpoints',
    href: '/endpoints',
    icon: 'endpoint',
    needs: 'endpoint:read',
    shortcut: 'e',
    keywords: 'computer machine client enrol poste ordinateur',
  },
  {
    key: 'hosts',
    href: '/hosts',
    icon: 'host',
    needs: 'host:read',
    shortcut: 'h',
    keywords: 'server winrm wmi shell power ipmi hôte serveur matériel',
  },
  {
    key: 'collections',
    href: '/collections',
    icon: 'collection',
    needs: 'collection:read',
    group: 'desktops',
    shortcut: 'c',
    keywords: 'broker farm pool target rdp rds cible ferme',
  },
  {
    key: 'targets',
    href: '/targets',
    icon: 'target',
    needs: 'target:read',
    group: 'desktops',
    shortcut: 'l',
    keywords: 'session host vm pc blade down drain machine cible hôte de sessions muette',
  },
  {
    key: 'environments',
    href: '/environments',
    icon: 'power',
    needs: 'target:read',
    group: 'desktops',
    shortcut: 'r',
    keywords: 'hypervisor qemu libvirt ipmi wake on lan secret hyperviseur réveil',
  },
  {
    key: 'desktopSessions',
    href: '/desktop-sessions',
    icon: 'session',
    needs: 'session:read',
    group: 'desktops',
    shortcut: 'n',
    keywords: 'who logged on disconnect log off message qui connecté déconnecter',
  },
  {
    key: 'decisions',
    href: '/decisions',
    icon: 'decision',
    needs: 'broker:read',
    group: 'desktops',
    shortcut: 'k',
    keywords: 'connection trace why failed refused connexion pourquoi échec',
  },
  {
    key: 'broker',
    href: '/broker',
    icon: 'channel',
    needs: 'broker:read',
    group: 'desktops',
    shortcut: 'b',
    keywords: 'plug-in nla address 3389 greffon adresse',
  },
  {
    key: 'events',
    href: '/events',
    icon: 'event',
    needs: 'event:read',
    shortcut: 'v',
    keywords: 'log error report status journal',
  },
  { key: 'tasks', href: '/tasks', icon: 'task', needs: null, shortcut: 't', keywords: 'job progress tâche' },
  {
    key: 'audit',
    href: '/audit',
    icon: 'audit',
    needs: 'audit:read',
    shortcut: 'a',
    keywords: 'history changes historique',
  },
  {
    key: 'people',
    href: '/people',
    icon: 'people',
    needs: 'people:read',
    shortcut: 'p',
    keywords: 'users groups roles utilisateurs groupes',
  },
];

/** The item whose page, or one below it, is at `path`: the closest one, as `/my/desktops` lies below `/my`. */
export function itemAt(path: string, items: readonly NavItem[] = navItems): NavItem | undefined {
  return items
    .filter(({ href }) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)))
    .reduce<NavItem | undefined>((best, one) => (best && best.href.length >= one.href.length ? best : one), undefined);
}
