import { Page } from '../../components/page.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useT } from '../../i18n/use-t.ts';
import { PlugInTasksTab } from './plug-in-tasks-tab.tsx';
import { PlugInsTab } from './plug-ins-tab.tsx';
import { ProcessesTab } from './processes-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';

const equivalents = {
  processes: { cli: ['atelier broker status', 'atelier broker start'], api: 'GET /broker/instances' },
  'plug-ins': {
    cli: ['atelier broker plug-ins', 'atelier broker disable-plug-in NAME', 'atelier broker reset-plug-in NAME'],
    api: 'GET /broker/plug-ins',
  },
  tasks: {
    cli: ['atelier broker tasks', 'atelier broker plan-task PLUG-IN TARGET', 'atelier broker cancel-task TASK'],
    api: 'GET /broker/tasks',
  },
  settings: {
    cli: ['atelier broker settings', 'atelier broker settings --address NAME --nla yes'],
    api: 'GET /broker/settings',
  },
} as const;

/** Broker processes, the plug-ins that help to decide, and what holds for all of them. */
export function BrokerPage({ tab }: { tab: string }) {
  const t = useT();
  return (
    <Page
      title={t('nav.broker')}
      about={t('broker.about')}
      equivalent={equivalents[tab as keyof typeof equivalents] ?? equivalents.processes}
    >
      <RouteTabs
        base="/broker"
        tab={tab}
        tabs={[
          { key: 'processes', title: t('broker.processes'), content: () => <ProcessesTab /> },
          { key: 'plug-ins', title: t('broker.plugIns'), content: () => <PlugInsTab /> },
          { key: 'tasks', title: t('plugInTasks.title'), content: () => <PlugInTasksTab /> },
          { key: 'settings', title: t('broker.settings'), content: () => <SettingsTab /> },
        ]}
      />
    </Page>
  );
}
