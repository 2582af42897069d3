import type { HostView } from '@atelier/api';
import { ActionIcon, Menu } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { InstanceTab } from './instance-tab.tsx';

const methods = ['StartService', 'StopService'] as const;
type Method = (typeof methods)[number];

function ServiceActions({ host, name, again }: { host: HostView; name: string; again: () => void }) {
  const t = useT();
  const act = useAct(
    (method: Method) =>
      api.hosts.invoke({
        params: { id: host.id },
        body: { className: 'Win32_Service', selectors: { Name: name }, method },
      }),
    {
      done: ({ output }) =>
        String(output.ReturnValue) === '0'
          ? t('hosts.done')
          : t('hosts.answered', { code: String(output.ReturnValue) }),
      onDone: again,
    },
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={t('hosts.actionsFor', { name })} loading={act.isPending}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {methods.map((method) => (
          <Menu.Item key={method} onClick={() => act.mutate(method)}>
            {t(`hosts.${method}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Services, to be started and stopped. */
export function ServiceTab({ host }: { host: HostView }) {
  const t = useT();
  const may = useMay();
  return (
    <InstanceTab
      host={host}
      wql="select Name, DisplayName, State, StartMode, ProcessId from Win32_Service"
      columns={[
        { property: 'Name', title: t('common.name'), width: 240 },
        { property: 'DisplayName', title: t('hosts.displayName'), width: 360 },
        { property: 'State', title: t('common.state') },
        { property: 'StartMode', title: t('hosts.startMode') },
        { property: 'ProcessId', title: t('hosts.process') },
      ]}
      title={t('hosts.services')}
      actions={
        may('host:command')
          ? (one, again) => <ServiceActions host={host} name={String(one.Name)} again={again} />
          : undefined
      }
    />
  );
}
