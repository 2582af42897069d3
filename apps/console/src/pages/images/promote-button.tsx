import { channelNameSchema, type Image, type ImageVersion } from '@atelier/api';
import { Autocomplete, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** Points a channel at this version, and says what it pointed at before. */
export function PromoteButton({ image, version, size }: { image: Image; version: ImageVersion; size: 'xs' | 'sm' }) {
  const t = useT();
  const [open, { open: show, close }] = useDisclosure();
  const [channel, setChannel] = useState('stable');
  const [error, setError] = useState('');
  const promote = useAct(
    (name: string) =>
      api.images.promote({ params: { name: image.name, channel: name }, body: { version: version.number } }),
    {
      done: t('images.promoted', { channel, version: version.number }),
      touches: ['images', 'workspaces'],
      quiet: true,
    },
  );
  const before = image.channels.find((one) => one.name === channel);
  return (
    <>
      <ActionButton
        size={size}
        variant={size === 'sm' && version.state === 'available' ? 'filled' : 'default'}
        needs="image:publish"
        on={[
          { kind: 'image', id: image.id },
          { kind: 'image', id: image.name },
        ]}
        blocked={version.state === 'available' ? null : t('images.promoteNeedsAvailable')}
        onClick={show}
        aria-label={`${t('images.promote')} ${image.name} v${version.number}`}
      >
        {t('images.promote')}
      </ActionButton>
      <FormModal
        opened={open}
        onClose={close}
        title={t('images.promoteTitle', { name: image.name, version: version.number })}
        verb={t('images.promote')}
        submit={async () => {
          const parsed = channelNameSchema.safeParse(channel);
          if (parsed.success) return promote.mutateAsync(parsed.data);
          setError(t('images.nameHelp'));
          return false;
        }}
      >
        <Autocomplete
          label={t('images.channel')}
          description={t('images.channelHelp')}
          data={[...new Set([...image.channels.map((one) => one.name), 'stable', 'pilot'])]}
          value={channel}
          onChange={(value) => {
            setChannel(value);
            setError('');
          }}
          error={error || undefined}
          data-autofocus
        />
        <Text size="sm" c="dimmed" aria-live="polite">
          {before
            ? t('images.channelMoves', { channel, from: before.version, to: version.number })
            : t('images.channelNew', { channel })}
        </Text>
      </FormModal>
    </>
  );
}
