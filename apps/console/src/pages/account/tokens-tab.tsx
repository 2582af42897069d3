import { Group } from '@mantine/core';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { TokenModal } from './token-modal.tsx';

/** One's own API tokens. */
export function TokensTab() {
  const t = useT();
  const [creating, setCreating] = useParam('new');
  const pages = usePages('sessions', 'listTokens', {});
  const revoke = useAct((id: string) => api.sessions.revokeToken({ params: { id } }), {
    touches: ['sessions'],
    quiet: true,
  });
  const add = (
    <ActionButton leftSection={<Icon name="plus" size={16} />} onClick={() => setCreating('1')}>
      {t('tokens.new')}
    </ActionButton>
  );
  return (
    <>
      <Group justify="flex-end" mb="md">
        {add}
      </Group>
      <DataTable
        pages={pages}
        rowKey={(token) => token.id}
        caption={t('nav.tokens')}
        empty={
          <Empty icon="key" title={t('tokens.empty')}>
            {t('tokens.emptyText')}
          </Empty>
        }
        columns={[
          { title: t('common.name'), cell: (token) => <b>{token.name}</b> },
          {
            title: t('people.permissions'),
            cell: (token) => (
              <Group gap={4}>
                {token.scopes.map((scope) => (
                  <span key={scope} className="tag mono">
                    {scope}
                  </span>
                ))}
              </Group>
            ),
          },
          {
            title: t('tokens.lastUsed'),
            cell: (token) => (token.lastUsedAt ? <Time at={token.lastUsedAt} ago /> : t('tokens.neverUsed')),
          },
          {
            title: t('tokens.expires'),
            cell: (token) => (token.expiresAt ? <Time at={token.expiresAt} /> : t('limits.never')),
          },
          {
            title: '',
            align: 'right',
            cell: (token) => (
              <ConfirmButton
                title={t('tokens.revokeTitle', { name: token.name })}
                verb={t('tokens.revoke')}
                act={() => revoke.mutateAsync(token.id)}
                button={{ size: 'xs', 'aria-label': `${t('tokens.revoke')} ${token.name}` }}
              >
                {t('tokens.revokeText')}
              </ConfirmButton>
            ),
          },
        ]}
      />
      <TokenModal opened={creating !== ''} onClose={() => setCreating(null)} />
    </>
  );
}
