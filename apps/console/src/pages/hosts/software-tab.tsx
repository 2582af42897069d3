import type { HostView } from '@atelier/api';
import { useT } from '../../i18n/use-t.ts';
import { InstanceTab } from './instance-tab.tsx';

/** What is installed on the host. */
export function SoftwareTab({ host }: { host: HostView }) {
  const t = useT();
  return (
    <InstanceTab
      host={host}
      wql="select Name, Version, Vendor, InstallDate from Win32_Product"
      columns={[
        { property: 'Name', title: t('common.name'), width: 300 },
        { property: 'Version', title: t('hosts.version') },
        { property: 'Vendor', title: t('hosts.vendor'), width: 300 },
        { property: 'InstallDate', title: t('hosts.installed') },
      ]}
      title={t('hosts.software')}
    />
  );
}
