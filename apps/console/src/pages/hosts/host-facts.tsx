import type { HostView } from '@atelier/api';
import { Progress, Stack, Text } from '@mantine/core';
import { Facts } from '../../components/facts.tsx';
import { formatBytes } from '../../components/format.ts';
import { Time } from '../../components/time.tsx';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { HealthBadge } from './host-badges.tsx';

/** How full something is, as a bar with its words. */
function Fill({ label, used, total }: { label: string; used: number; total: number }) {
  const t = useT();
  const locale = useLocale();
  const share = total > 0 ? (used / total) * 100 : 0;
  const color = share > 95 ? 'red' : share > 90 ? 'yellow' : 'blue';
  const text = t('hosts.usedOf', { used: formatBytes(used, locale), total: formatBytes(total, locale) });
  return (
    <div>
      <Text size="sm" component="div" style={{ display: 'flex', justifyContent: 'space-between', gap: 12 }}>
        <span>{label}</span>
        <span>{text}</span>
      </Text>
      <Progress value={share} color={color} mt={4} aria-label={`${label}: ${text}`} />
    </div>
  );
}

/** What a host told of itself at the last contact. */
export function HostFacts({ host }: { host: HostView }) {
  const t = useT();
  const { facts } = host;
  const memory =
    facts?.memoryBytes && facts.freeMemoryBytes !== null ? facts.memoryBytes - facts.freeMemoryBytes : null;
  return (
    <Stack>
      <div className="card" style={{ padding: 20 }}>
        <Facts
          items={[
            [t('hosts.health'), <HealthBadge key="h" level={host.health.level} />],
            [t('hosts.system'), [facts?.osCaption, facts?.osVersion].filter(Boolean).join(' · ') || null],
            [t('hosts.machine'), [facts?.manufacturer, facts?.model].filter(Boolean).join(' ') || null],
            [t('hosts.processors'), facts?.processors ?? null],
            [t('hosts.load'), facts?.loadPercent === null || !facts ? null : `${facts.loadPercent} %`],
            [t('hosts.startedAt'), <Time key="s" at={facts?.startedAt ?? null} />],
            [t('hosts.address'), host.address],
            [t('hosts.signIn'), t(`hosts.signIn_${host.signIn.kind}`)],
            [t('hosts.product'), host.product || null],
            [t('hosts.lastAnswer'), <Time key="l" at={host.reachedAt} />],
          ]}
        />
      </div>
      {facts && (
        <Stack className="card" p={20}>
          {memory !== null && <Fill label={t('endpoints.memory')} used={memory} total={facts.memoryBytes ?? 0} />}
          {facts.disks.map((disk) => (
            <Fill key={disk.name} label={disk.name} used={disk.size - disk.free} total={disk.size} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}
