import type { Image } from '@atelier/api';
import { api } from '../../api/client.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { localPages } from '../../components/local-pages.ts';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** Which channel points where. */
export function ChannelsTab({ image }: { image: Image }) {
  const t = useT();
  const remove = useAct((channel: string) => api.images.removeChannel({ params: { name: image.name, channel } }), {
    touches: ['images'],
    quiet: true,
  });
  return (
    <DataTable
      pages={localPages(image.channels)}
      rowKey={(channel) => channel.name}
      caption={t('images.channels')}
      empty={
        <Empty icon="channel" title={t('images.noChannels')}>
          {t('images.noChannelsText')}
        </Empty>
      }
      columns={[
        { title: t('images.channel'), cell: (channel) => <b>{channel.name}</b> },
        { title: t('images.version'), cell: (channel) => `v${channel.version}` },
        { title: t('images.movedAt'), cell: (channel) => <Time at={channel.movedAt} /> },
        { title: t('images.movedBy'), cell: (channel) => channel.movedBy },
        {
          title: '',
          align: 'right',
          cell: (channel) => (
            <ConfirmButton
              title={t('images.channelDeleteTitle', { channel: channel.name })}
              verb={t('common.remove')}
              act={() => remove.mutateAsync(channel.name)}
              button={{
                size: 'xs',
                needs: 'image:publish',
                on: [{ kind: 'image', id: image.id }],
                'aria-label': `${t('common.remove')} ${channel.name}`,
              }}
            >
              {t('images.channelDeleteText')}
            </ConfirmButton>
          ),
        },
      ]}
    />
  );
}
