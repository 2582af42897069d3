import { type Instance, type InstanceAction, mayAct } from '@atelier/api';
import { ActionIcon, Menu } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

const offered: readonly InstanceAction[] = ['fetch', 'start', 'stop', 'restart', 'lock'];

/** What the helpdesk may ask of an instance from afar; nothing here loses data. */
export function InstanceActions({ instance }: { instance: Instance }) {
  const t = useT();
  const may = useMay();
  const act = useAct(
    (action: InstanceAction) => api.endpoints.command({ params: { id: instance.id }, body: { action } }),
    {
      done: (_, action) => t('endpoints.asked', { action: t(`instanceAction.${action}`), endpoint: instance.endpoint }),
      touches: ['endpoints'],
    },
  );
  if (!may('endpoint:command')) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('endpoints.actionsFor', { workspace: instance.workspace, user: instance.user })}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map((action) => (
          <Menu.Item key={action} disabled={!mayAct(instance.state, action)} onClick={() => act.mutate(action)}>
            {t(`instanceAction.${action}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
