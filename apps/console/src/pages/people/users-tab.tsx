import { Anchor, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { UserModal } from './user-modal.tsx';

/** Users of the local directory. */
export function UsersTab() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [creating, setCreating] = useParam('new');
  const pages = usePages('people', 'listUsers', { query: { search: search || undefined } });
  return (
    <>
      <Group justify="space-between" mb="md">
        <SearchField label={t('people.searchUsers')} />
        <ActionButton
          needs="people:write"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setCreating('1')}
        >
          {t('people.newUser')}
        </ActionButton>
      </Group>
      <DataTable
        pages={pages}
        rowKey={(user) => user.id}
        caption={t('people.users')}
        onRow={(user) => go(`/people/users/${user.id}`)}
        empty={
          <Empty icon="search" title={t('common.noMatch')}>
            {t('common.noMatchText')}
          </Empty>
        }
        columns={[
          {
            title: t('people.user'),
            cell: (user) => (
              <Anchor component={Link} href={`/people/users/${user.id}`} fw={560}>
                {user.displayName || user.name}
              </Anchor>
            ),
          },
          { title: t('signIn.name'), cell: (user) => user.name },
          { title: t('people.email'), cell: (user) => user.email ?? '—' },
          {
            title: t('common.state'),
            cell: (user) =>
              user.disabled ? (
                <StateBadge tone="idle">{t('common.disabled')}</StateBadge>
              ) : user.hasPassword ? (
                <StateBadge tone="good">{t('common.enabled')}</StateBadge>
              ) : (
                <StateBadge tone="warn">{t('people.noPassword')}</StateBadge>
              ),
          },
          { title: t('people.lastSignIn'), cell: (user) => <Time at={user.lastSignInAt} ago /> },
        ]}
      />
      <UserModal opened={creating !== ''} onClose={() => setCreating(null)} />
    </>
  );
}
