import type { HostView } from '@atelier/api';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { type Instance, InstanceTab } from './instance-tab.tsx';

const namespace = 'root/hardware';
/** CIM's requested states. */
const power = [
  { key: 'on', state: 2 },
  { key: 'shutdown', state: 4 },
  { key: 'off', state: 3 },
  { key: 'cycle', state: 9 },
] as const;

interface System {
  readonly Name: string;
  readonly EnabledState: string;
  readonly ControllerAddress: string | null;
  readonly ControllerFirmware: string | null;
  readonly BootDevice: string | null;
}

/** One machine behind a management controller: power, identify. */
function Machine({ host, system, again }: { host: HostView; system: System; again: () => void }) {
  const t = useT();
  const may = useMay();
  const body = { namespace, className: 'ComputerSystem' };
  const selectors = { CreationClassName: 'ComputerSystem', Name: system.Name };
  const call = useAct(
    ({ method, input }: { method: string; input: Record<string, number> }) =>
      api.hosts.invoke({ params: { id: host.id }, body: { ...body, selectors, method, input } }),
    { quiet: true, done: t('hosts.done'), onDone: again },
  );
  const on = system.EnabledState === '2';
  const known = on || system.EnabledState === '3';
  return (
    <Stack className="card" p={20}>
      <Group justify="space-between">
        <Title order={3} size="h4">
          {system.Name}
        </Title>
        <StateBadge tone={on ? 'good' : known ? 'idle' : 'bad'}>
          {t(on ? 'hosts.powerOn' : known ? 'hosts.powerOff' : 'hosts.powerUnknown')}
        </StateBadge>
      </Group>
      <Facts
        items={[
          [t('hosts.controller'), system.ControllerAddress],
          [t('hosts.firmware'), system.ControllerFirmware],
          [t('hosts.bootDevice'), system.BootDevice],
        ]}
      />
      {may('host:command') && (
        <Group gap="xs">
          {power
            .filter(({ key }) => (key === 'on' ? !on : on))
            .map(({ key, state }) => (
              <ConfirmButton
                key={key}
                title={t(`hosts.ask_${key}`, { name: system.Name })}
                verb={t(`hosts.power_${key}`)}
                act={() => call.mutateAsync({ method: 'RequestStateChange', input: { RequestedState: state } })}
                button={{ needs: 'host:command', variant: 'default', size: 'xs' }}
              >
                {t('hosts.powerText')}
              </ConfirmButton>
            ))}
          <Button
            size="xs"
            variant="default"
            onClick={() => call.mutate({ method: 'Identify', input: { Seconds: 15 } })}
            loading={call.isPending}
          >
            {t('hosts.identify')}
          </Button>
        </Group>
      )}
      {call.error !== null && <ProblemAlert error={call.error} />}
    </Stack>
  );
}

/** CIM's reading with its power of ten and unit, e.g. `32 degrees C`. */
function reading(one: Instance): string {
  if (one.CurrentReading === null || one.CurrentReading === undefined) return '—';
  const value = Number(one.CurrentReading) * 10 ** Number(one.UnitModifier ?? 0);
  const unit = / in (.+)$/.exec(String(one.Description))?.[1] ?? '';
  return `${Number(value.toPrecision(6)).toLocaleString()} ${unit}`.trim();
}

/** Machines behind this host's management controllers, their sensors and event logs. */
export function HardwareTab({ host }: { host: HostView }) {
  const t = useT();
  const read = useRead(
    'hosts',
    'instances',
    { params: { id: host.id }, query: { className: 'ComputerSystem', namespace } },
    { retry: false, staleTime: 10_000 },
  );
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const systems = (read.data?.items ?? []) as unknown as readonly System[];
  if (read.data && systems.length === 0)
    return (
      <Stack className="card" p="lg">
        <Text>{t('hosts.noController')}</Text>
        <Text size="sm" c="dimmed">
          {t('hosts.noControllerText')}
        </Text>
      </Stack>
    );
  return (
    <Stack gap="lg">
      {systems.map((system) => (
        <Machine key={system.Name} host={host} system={system} again={() => void read.refetch()} />
      ))}
      {systems.length > 0 && (
        <>
          <InstanceTab
            host={host}
            namespace={namespace}
            wql="select ElementName, CurrentReading, UnitModifier, Description, CurrentState, SystemName from NumericSensor"
            columns={[
              { property: 'ElementName', title: t('hosts.sensor') },
              { property: 'CurrentReading', title: t('hosts.reading'), show: reading },
              { property: 'CurrentState', title: t('common.state') },
              { property: 'SystemName', title: t('hosts.machine') },
            ]}
            title={t('hosts.sensors')}
          />
          <InstanceTab
            host={host}
            namespace={namespace}
            wql="select RecordID, MessageTimestamp, ElementName, SensorName, LogName from LogRecord"
            columns={[
              { property: 'RecordID', title: t('hosts.record') },
              { property: 'MessageTimestamp', title: t('hosts.time') },
              { property: 'ElementName', title: t('hosts.what') },
              { property: 'SensorName', title: t('hosts.sensor') },
              { property: 'LogName', title: t('hosts.machine') },
            ]}
            title={t('hosts.hardwareLog')}
          />
        </>
      )}
    </Stack>
  );
}
