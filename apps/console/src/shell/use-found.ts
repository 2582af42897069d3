import { useMay } from '../api/me.tsx';
import { useRead } from '../api/query.ts';
import type { IconName } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';
import { navItems } from './nav-items.ts';

export interface Found {
  readonly title: string;
  readonly kind: string;
  readonly href: string;
  readonly icon: IconName;
}

/** What the palette finds for `text`: pages and actions by their words, objects by the server's own search. */
export function useFound(text: string, active: boolean): Found[] {
  const t = useT();
  const may = useMay();
  const look = active && text.length > 0;
  const query = { query: { search: text, limit: 5 } };
  const images = useRead('images', 'list', query, { enabled: look && may('image:read') });
  const workspaces = useRead('workspaces', 'list', query, { enabled: look && may('workspace:read') });
  const endpoints = useRead('endpoints', 'list', query, { enabled: look && may('endpoint:read') });
  const hosts = useRead('hosts', 'list', query, { enabled: look && may('host:read') });
  const collections = useRead('collections', 'list', query, { enabled: look && may('collection:read') });
  const targets = useRead('targets', 'list', query, { enabled: look && may('target:read') });
  const users = useRead('people', 'listUsers', query, { enabled: look && may('people:read') });
  const groups = useRead('people', 'listGroups', query, { enabled: look && may('people:read') });

  const fits = (...words: string[]) => words.join(' ').toLocaleLowerCase().includes(text.toLocaleLowerCase());
  const pages: Found[] = navItems
    .filter((item) => (item.needs === null || may(item.needs)) && fits(t(`nav.${item.key}`), item.keywords))
    .map((item) => ({ title: t(`nav.${item.key}`), kind: t('palette.page'), href: item.href, icon: item.icon }));
  const actions: (Found & { allowed: boolean })[] = [
    {
      title: t('images.new'),
      href: '/images?new=1',
      icon: 'upload',
      allowed: may('image:write'),
      kind: t('palette.action'),
    },
    {
      title: t('images.table'),
      href: '/image-table',
      icon: 'table',
      allowed: may('image:read'),
      kind: t('palette.page'),
    },
    {
      title: t('workspaces.new'),
      href: '/new-workspace',
      icon: 'plus',
      allowed: may('workspace:write'),
      kind: t('palette.action'),
    },
    {
      title: t('endpoints.add'),
      href: '/endpoints?add=1',
      icon: 'plus',
      allowed: may('endpoint:write'),
      kind: t('palette.action'),
    },
    {
      title: t('hosts.invite'),
      href: '/hosts?add=invite',
      icon: 'plus',
      allowed: may('host:write'),
      kind: t('palette.action'),
    },
    {
      title: t('collections.new'),
      href: '/collections?new=1',
      icon: 'plus',
      allowed: may('collection:write'),
      kind: t('palette.action'),
    },
    {
      title: t('broker.plugIns'),
      href: '/broker/plug-ins',
      icon: 'channel',
      allowed: may('broker:read'),
      kind: t('palette.page'),
    },
    {
      title: t('people.newUser'),
      href: '/people/users?new=1',
      icon: 'plus',
      allowed: may('people:write'),
      kind: t('palette.action'),
    },
    {
      title: t('people.newGroup'),
      href: '/people/groups?new=1',
      icon: 'plus',
      allowed: may('people:write'),
      kind: t('palette.action'),
    },
    {
      title: t('events.statusReport'),
      href: '/reports/status',
      icon: 'report',
      allowed: may('event:read'),
      kind: t('palette.page'),
    },
    { title: t('nav.account'), href: '/account', icon: 'user', allowed: true, kind: t('palette.page') },
    { title: t('nav.tokens'), href: '/account/tokens', icon: 'key', allowed: true, kind: t('palette.page') },
  ];
  const objects: Found[] = !look
    ? []
    : [
        ...(images.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.image'),
          href: `/images/${one.name}`,
          icon: 'image' as const,
        })),
        ...(workspaces.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.workspace'),
          href: `/workspaces/${one.name}`,
          icon: 'workspace' as const,
        })),
        ...(endpoints.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.endpoint'),
          href: `/endpoints/${one.id}`,
          icon: 'endpoint' as const,
        })),
        ...(hosts.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.host'),
          href: `/hosts/${one.id}`,
          icon: 'host' as const,
        })),
        ...(collections.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.collection'),
          href: `/collections/${one.id}`,
          icon: 'collection' as const,
        })),
        ...(targets.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.target'),
          href: `/collections/${one.collection.id}/targets?search=${encodeURIComponent(one.name)}`,
          icon: 'host' as const,
        })),
        ...(users.data?.items ?? []).map((one) => ({
          title: one.displayName || one.name,
          kind: t('palette.user'),
          href: `/people/users/${one.id}`,
          icon: 'user' as const,
        })),
        ...(groups.data?.items ?? []).map((one) => ({
          title: one.name,
          kind: t('palette.group'),
          href: `/people/groups/${one.id}`,
          icon: 'group' as const,
        })),
      ];
  return [...objects, ...pages, ...actions.filter((one) => one.allowed && fits(one.title))];
}
