import { Page } from '../../components/page.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useT } from '../../i18n/use-t.ts';
import { GroupsTab } from './groups-tab.tsx';
import { RolesTab } from './roles-tab.tsx';
import { UsersTab } from './users-tab.tsx';

const equivalents = {
  users: { cli: ['atelier user ls', 'atelier user create NAME'], api: 'GET /users' },
  groups: { cli: ['atelier group ls', 'atelier group create NAME'], api: 'GET /groups' },
  roles: { cli: ['atelier role ls', 'atelier role grant ROLE --user NAME'], api: 'GET /role-bindings' },
} as const;

/** Users, groups and who may do what. */
export function PeoplePage({ tab }: { tab: string }) {
  const t = useT();
  return (
    <Page
      title={t('nav.people')}
      about={t('people.about')}
      equivalent={equivalents[tab as keyof typeof equivalents] ?? equivalents.users}
    >
      <RouteTabs
        base="/people"
        tab={tab}
        tabs={[
          { key: 'users', title: t('people.users'), content: () => <UsersTab /> },
          { key: 'groups', title: t('people.groups'), content: () => <GroupsTab /> },
          { key: 'roles', title: t('people.roles'), content: () => <RolesTab /> },
        ]}
      />
    </Page>
  );
}
