import { Anchor, Button, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { CapabilityTags } from './capability-tags.tsx';
import { ChannelTags } from './channel-tags.tsx';
import { ImportModal } from './import-modal.tsx';
import { RepositoryPanel } from './repository-panel.tsx';

/** All images. */
export function ImagesPage() {
  const t = useT();
  const [, go] = useLocation();
  const [search] = useParam('search');
  const [creating, setCreating] = useParam('new');
  const pages = usePages('images', 'list', { query: { search: search || undefined } });
  const add = (
    <ActionButton needs="image:write" leftSection={<Icon name="upload" size={16} />} onClick={() => setCreating('1')}>
      {t('images.new')}
    </ActionButton>
  );
  return (
    <Page
      title={t('nav.images')}
      about={t('images.about')}
      equivalent={{ cli: ['atelier image ls', 'atelier image import NAME disk.qcow2'], api: 'GET /images' }}
      actions={
        <>
          <Button component={Link} href="/image-table" variant="default" leftSection={<Icon name="table" size={16} />}>
            {t('images.table')}
          </Button>
          {add}
        </>
      }
    >
      <Group>
        <SearchField label={t('images.search')} />
      </Group>
      <DataTable
        pages={pages}
        rowKey={(image) => image.id}
        caption={t('nav.images')}
        onRow={(image) => go(`/images/${image.name}`)}
        empty={
          search ? (
            <Empty icon="search" title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty icon="image" title={t('images.empty')} action={add}>
              {t('images.emptyText')}
            </Empty>
          )
        }
        columns={[
          {
            title: t('images.image'),
            cell: (image) => (
              <Anchor component={Link} href={`/images/${image.name}`} fw={560}>
                {image.name}
              </Anchor>
            ),
          },
          { title: t('images.os'), cell: (image) => image.os || '—' },
          {
            title: t('images.latest'),
            cell: (image) => (image.latestVersion === null ? '—' : `v${image.latestVersion}`),
          },
          { title: t('images.channels'), cell: (image) => <ChannelTags channels={image.channels} /> },
          { title: t('images.capabilities'), cell: (image) => <CapabilityTags ids={image.capabilities} /> },
        ]}
      />
      <RepositoryPanel />
      <ImportModal opened={creating !== ''} onClose={() => setCreating(null)} />
    </Page>
  );
}
