import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { AuditTab } from '../audit/audit-tab.tsx';
import { ChannelsTab } from './channels-tab.tsx';
import { ImageSettingsTab } from './image-settings-tab.tsx';
import { ImportModal } from './import-modal.tsx';
import { VersionsTab } from './versions-tab.tsx';

/** One image: versions, channels, capabilities, history, JSON. */
export function ImagePage({ name, tab }: { name: string; tab: string }) {
  const t = useT();
  const [, go] = useLocation();
  const [importing, setImporting] = useState(false);
  const read = useRead('images', 'get', { params: { name } });
  const remove = useAct(() => api.images.remove({ params: { name } }), {
    done: t('common.deleted', { name }),
    touches: ['images'],
    quiet: true,
    onDone: () => go('/images'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const image = read.data;
  if (!image) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const scope = [{ kind: 'image', id: image.id } as const, { kind: 'image', id: name } as const];
  return (
    <Page
      title={name}
      parent={{ title: t('nav.images'), href: '/images' }}
      about={image.description || image.os}
      equivalent={{
        cli: [`atelier image show ${name}`, `atelier image import ${name} disk.qcow2`],
        api: `GET /images/${name}`,
      }}
      actions={
        <>
          <ConfirmButton
            title={t('images.deleteTitle', { name })}
            verb={t('common.delete')}
            typeName={name}
            act={() => remove.mutateAsync()}
            button={{ needs: 'image:write', on: scope, leftSection: <Icon name="trash" size={16} /> }}
          >
            {t('images.deleteText', { name, count: image.versionCount })}
          </ConfirmButton>
          <ActionButton
            needs="image:write"
            on={scope}
            leftSection={<Icon name="upload" size={16} />}
            onClick={() => setImporting(true)}
          >
            {t('images.newVersion')}
          </ActionButton>
        </>
      }
    >
      <RouteTabs
        base={`/images/${name}`}
        tab={tab}
        tabs={[
          {
            key: 'versions',
            title: t('images.versions'),
            content: () => <VersionsTab image={image} onImport={() => setImporting(true)} />,
          },
          { key: 'channels', title: t('images.channels'), content: () => <ChannelsTab image={image} /> },
          {
            key: 'capabilities',
            title: t('images.capabilities'),
            content: () => <ImageSettingsTab key={image.rev} image={image} />,
          },
          { key: 'events', title: t('common.history'), content: () => <AuditTab kind="image" id={image.id} /> },
          { key: 'api', title: 'API', content: () => <JsonView value={image} label={`GET /images/${name}`} /> },
        ]}
      />
      <ImportModal opened={importing} onClose={() => setImporting(false)} image={name} />
    </Page>
  );
}
