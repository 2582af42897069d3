import type { Image, ImageVersion } from '@atelier/api';
import { Stack, Text } from '@mantine/core';
import { Bytes } from '../../components/bytes.tsx';
import { Equivalent } from '../../components/equivalent.tsx';
import { Facts } from '../../components/facts.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { CapabilityTags } from './capability-tags.tsx';
import { ChannelTags } from './channel-tags.tsx';
import { VersionActions } from './version-actions.tsx';
import { VersionForecast } from './version-forecast.tsx';
import { VersionStateBadge } from './version-state-badge.tsx';

/** Everything about one version, what its state means, and what can be done. */
export function VersionDetail({ image, version }: { image: Image; version: ImageVersion }) {
  const t = useT();
  return (
    <Stack gap="lg">
      <div>
        <VersionStateBadge state={version.state} />
        <Text size="sm" c="dimmed" mt={4}>
          {t(`versionStateText.${version.state}`)}
        </Text>
        {version.error && (
          <Text size="sm" mt={6} c="var(--tone-bad)">
            {version.error}
          </Text>
        )}
      </div>
      <VersionActions image={image} version={version} />
      {version.notes && <Text style={{ whiteSpace: 'pre-wrap' }}>{version.notes}</Text>}
      <Facts
        items={[
          [t('images.channels'), <ChannelTags key="c" channels={version.channels.map((name) => ({ name }))} />],
          [t('images.diskSize'), <Bytes key="d" value={version.diskBytes} />],
          [t('images.packedSize'), <Bytes key="p" value={version.packedBytes} />],
          [t('images.received'), <Bytes key="r" value={version.receivedBytes} />],
          [t('images.format'), version.sourceFormat],
          [t('images.createdBy'), version.createdBy],
          [t('common.created'), <Time key="t" at={version.createdAt} />],
          [t('images.availableAt'), <Time key="a" at={version.availableAt} />],
          [t('images.capabilities'), <CapabilityTags key="k" ids={version.capabilities} />],
        ]}
      />
      {version.manifestDigest && (
        <div>
          <Text size="sm" c="dimmed">
            {t('images.digest')}
          </Text>
          <Text className="mono">{version.manifestDigest}</Text>
        </div>
      )}
      <VersionForecast version={version} />
      <Equivalent
        cli={[
          `atelier image show ${image.name} ${version.number}`,
          `atelier image test ${image.name} ${version.number}`,
          `atelier image plan ${image.name}@${version.number} --from empty`,
        ]}
        api={`GET /images/${image.name}/versions/${version.number}`}
      />
    </Stack>
  );
}
