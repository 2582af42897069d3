import type { Permission } from '@atelier/api';
import type { IconName } from '../components/icon.tsx';

export interface NavItem {
  /** Key of the title in `nav.*`. */
  readonly key:
    | 'my'
    | 'overview'
    | 'images'
    | 'workspaces'
    | 'assignments'
    | 'endpoints'
    | 'hosts'
    | 'events'
    | 'tasks'
    | 'audit'
    | 'people';
  readonly href: string;
  readonly icon: IconName;
  readonly needs: Permission | null;
  /** Second key after `g`. */
  readonly shortcut: string;
  /** Other words under which people look for it. */
  readonly keywords: string;
}

/** The nouns of the product, in the order of work. */
export const navItems: readonly NavItem[] = [
  { key: 'my', href: '/my', icon: 'my', needs: null, shortcut: 'm', keywords: 'desktop start vm bureau' },
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
