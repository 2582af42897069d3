import { Anchor, Badge, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Time } from '../../components/time.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { HealthBadge, HostStateBadge } from './host-badges.tsx';
import { InviteHostModal } from './invite-host-modal.tsx';
import { RegisterHostModal } from './register-host-modal.tsx';

/** Machines that are managed by WS-Management. */
export function HostsPage() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [adding, setAdding] = useParam('add');
  const pages = usePages('hosts', 'list', { query: { search: search || undefined } });
  const invite = (
    <ActionButton needs="host:write" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('invite')}>
      {t('hosts.invite')}
    </ActionButton>
  );
  return (
    <Page
      title={t('nav.hosts')}
      about={t('hosts.about')}
      actions={
        <>
          <ActionButton needs="host:write" variant="default" onClick={() => setAdding('register')}>
            {t('hosts.register')}
          </ActionButton>
          {invite}
        </>
      }
      equivalent={{ cli: ['atelier host ls', 'atelier host invite'], api: 'GET /hosts' }}
    >
      <Group>
        <SearchField label={t('hosts.search')} />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(one) => one.id}
        caption={t('nav.hosts')}
        onRow={(one) => go(`/hosts/${one.id}`)}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="host" title={t('hosts.empty')} action={invite}>
              {t('hosts.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('hosts.host'),
            cell: (one) => (
              <Anchor component={Link} href={`/hosts/${one.id}`} fw={560}>
                {one.name}
              </Anchor>
            ),
          },
          { title: t('common.state'), cell: (one) => <HostStateBadge state={one.state} /> },
          { title: t('hosts.health'), cell: (one) => <HealthBadge level={one.health.level} /> },
          { title: t('hosts.system'), cell: (one) => one.facts?.osCaption ?? '—' },
          {
            title: t('hosts.labels'),
            cell: (one) => (
              <Group gap={4}>
                {one.labels.map((label) => (
                  <Badge key={label} variant="light" tt="none">
                    {label}
                  </Badge>
                ))}
              </Group>
            ),
          },
          { title: t('hosts.lastAnswer'), cell: (one) => <Time at={one.reachedAt} ago /> },
        ]}
      />
      <InviteHostModal opened={adding === 'invite'} onClose={() => setAdding(null)} />
      <RegisterHostModal opened={adding === 'register'} onClose={() => setAdding(null)} />
    </Page>
  );
}
