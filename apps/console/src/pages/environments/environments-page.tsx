import type { EnvironmentView } from '@atelier/api';
import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { EnvironmentModal } from './environment-modal.tsx';
import { SecretModal, secretsOf } from './secret-modal.tsx';
import { TestButton } from './test-button.tsx';

/** Where virtual machines and computers are switched, and how. */
export function EnvironmentsPage() {
  const t = useT();
  const [adding, setAdding] = useParam('new');
  const [editing, setEditing] = useState<EnvironmentView | null>(null);
  const [keeping, setKeeping] = useState<EnvironmentView | null>(null);
  const pages = usePages('targets', 'listEnvironments');
  const remove = useAct((name: string) => api.targets.removeEnvironment({ params: { name } }), {
    touches: ['targets'],
    quiet: true,
  });
  const button = (
    <ActionButton needs="target:write" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding('1')}>
      {t('environments.new')}
    </ActionButton>
  );
  const secretState = (one: EnvironmentView) => {
    const missing = secretsOf(one).filter((secret) => !one.secrets.includes(secret));
    // libvirt may be reached without a key, a program may need nothing, and a file may hold the password.
    const needed = one.driver === 'ipmi' && one.settings.passwordFile === undefined;
    if (one.secrets.length > 0) return <StateBadge tone="good">{t('environments.secretIs')}</StateBadge>;
    if (missing.length === 0 || !needed) return '—';
    return <StateBadge tone="warn">{t('environments.secretMissing')}</StateBadge>;
  };
  return (
    <Page
      title={t('nav.environments')}
      about={t('environments.about')}
      actions={pages.rows.length > 0 ? button : undefined}
      equivalent={{
        cli: ['atelier environment ls', 'atelier environment add here --driver qemu', 'atelier environment test here'],
        api: 'GET /environments',
      }}
    >
      <DataTable
        pages={pages}
        rowKey={(one) => one.name}
        caption={t('nav.environments')}
        empty={
          <Empty icon="power" title={t('environments.empty')} action={button}>
            {t('environments.emptyText')}
          </Empty>
        }
        columns={[
          {
            title: t('environments.environment'),
            cell: (one) => (
              <div>
                <Text fw={560}>{one.name}</Text>
                <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {[
                    one.settings.uri,
                    one.settings.machine,
                    one.settings.broadcast,
                    one.settings.program,
                    one.settings.user,
                  ]
                    .filter((value) => typeof value === 'string')
                    .join(', ')}
                </Text>
              </div>
            ),
          },
          { title: t('environments.driver'), cell: (one) => one.driver || t('environments.plugIns') },
          { title: t('collections.targets'), align: 'right', cell: (one) => one.targets },
          { title: t('targets.weight'), align: 'right', cell: (one) => one.serverWeight },
          { title: t('environments.secret'), cell: secretState },
          {
            title: '',
            align: 'right',
            cell: (one) => (
              <Group gap={6} justify="flex-end">
                <TestButton name={one.name} />
                {secretsOf(one).length > 0 && (
                  <ActionButton
                    size="xs"
                    variant="default"
                    needs="target:write"
                    onClick={() => setKeeping(one)}
                    aria-label={t('environments.secretTitle', { name: one.name })}
                  >
                    {t('environments.secret')}
                  </ActionButton>
                )}
                <ActionButton
                  size="xs"
                  variant="default"
                  needs="target:write"
                  onClick={() => setEditing(one)}
                  aria-label={`${t('common.edit')} ${one.name}`}
                >
                  {t('common.edit')}
                </ActionButton>
                <ConfirmButton
                  title={t('environments.removeTitle', { name: one.name })}
                  verb={t('common.remove')}
                  act={() => remove.mutateAsync(one.name)}
                  button={{
                    size: 'xs',
                    needs: 'target:write',
                    blocked: one.targets > 0 && t('environments.inUse', { count: one.targets }),
                    'aria-label': `${t('common.remove')} ${one.name}`,
                  }}
                >
                  {t('environments.removeText')}
                </ConfirmButton>
              </Group>
            ),
          },
        ]}
      />
      <EnvironmentModal
        environment={editing}
        opened={adding !== '' || editing !== null}
        onClose={() => {
          setAdding(null);
          setEditing(null);
        }}
      />
      <SecretModal environment={keeping} onClose={() => setKeeping(null)} />
    </Page>
  );
}
