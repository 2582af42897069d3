import type { HostView } from '@atelier/api';
import { formatBytes } from '../../components/format.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { InstanceTab } from './instance-tab.tsx';

/** What runs on the host now. */
export function ProcessTab({ host }: { host: HostView }) {
  const t = useT();
  const locale = useLocale();
  return (
    <InstanceTab
      host={host}
      wql="select ProcessId, Name, CommandLine, WorkingSetSize, CreationDate from Win32_Process"
      columns={[
        { property: 'ProcessId', title: t('hosts.process') },
        { property: 'Name', title: t('common.name'), width: 180 },
        { property: 'CommandLine', title: t('hosts.commandLine'), width: 380 },
        {
          property: 'WorkingSetSize',
          title: t('endpoints.memory'),
          width: 100,
          show: (one) => formatBytes(Number(one.WorkingSetSize ?? 0), locale),
        },
        { property: 'CreationDate', title: t('hosts.startedAt'), width: 200 },
      ]}
      title={t('hosts.processes')}
    />
  );
}
