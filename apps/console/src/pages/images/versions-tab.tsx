import type { Image, ImageVersion } from '@atelier/api';
import { Anchor } from '@mantine/core';
import { useState } from 'react';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Bytes } from '../../components/bytes.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { DetailDrawer } from '../../components/detail-drawer.tsx';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { ChannelTags } from './channel-tags.tsx';
import { VersionActions } from './version-actions.tsx';
import { VersionDetail } from './version-detail.tsx';
import { VersionStateBadge } from './version-state-badge.tsx';

/** Versions of an image, newest first; a row opens its details. */
export function VersionsTab({ image, onImport }: { image: Image; onImport: () => void }) {
  const t = useT();
  const [open, setOpen] = useState<number | null>(null);
  const pages = usePages('images', 'listVersions', { params: { name: image.name } });
  const shown = pages.rows.find((version) => version.number === open);
  const label = (version: ImageVersion) => `v${version.number}`;
  return (
    <>
      <DataTable
        pages={pages}
        rowKey={(version) => version.id}
        caption={t('images.versions')}
        onRow={(version) => setOpen(version.number)}
        empty={
          <Empty
            icon="image"
            title={t('images.noVersions')}
            action={
              <ActionButton needs="image:write" onClick={onImport}>
                {t('images.newVersion')}
              </ActionButton>
            }
          >
            {t('images.noVersionsText')}
          </Empty>
        }
        columns={[
          {
            title: t('images.version'),
            cell: (version) => (
              <Anchor component="button" type="button" fw={560} onClick={() => setOpen(version.number)}>
                {label(version)}
              </Anchor>
            ),
          },
          { title: t('common.state'), cell: (version) => <VersionStateBadge state={version.state} /> },
          {
            title: t('images.channels'),
            cell: (version) => <ChannelTags channels={version.channels.map((name) => ({ name }))} />,
          },
          { title: t('images.diskSize'), align: 'right', cell: (version) => <Bytes value={version.diskBytes} /> },
          { title: t('images.packedSize'), align: 'right', cell: (version) => <Bytes value={version.packedBytes} /> },
          { title: t('common.created'), cell: (version) => <Time at={version.createdAt} /> },
          { title: '', align: 'right', cell: (version) => <VersionActions image={image} version={version} compact /> },
        ]}
      />
      <DetailDrawer
        opened={shown !== undefined}
        onClose={() => setOpen(null)}
        title={`${image.name} ${shown ? label(shown) : ''}`}
      >
        {shown && <VersionDetail image={image} version={shown} />}
      </DetailDrawer>
    </>
  );
}
