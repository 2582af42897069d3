import { Group, Text } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Bytes } from '../../components/bytes.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { useTaskStarted } from '../tasks/use-task-started.ts';

/** The repository behind the images: where, how much, whether it was found whole. */
export function RepositoryPanel() {
  const t = useT();
  const started = useTaskStarted();
  const read = useRead('images', 'repository');
  const fsck = useAct(() => api.images.fsck(), { touches: ['tasks'], onDone: started });
  const gc = useAct(() => api.images.gc({ body: {} }), { touches: ['tasks'], onDone: started, quiet: true });
  const repack = useAct(() => api.images.repack({ body: {} }), { touches: ['tasks'], onDone: started, quiet: true });
  if (!read.data) return null;
  const { url, kind, bytes, files, lastFsck } = read.data;
  return (
    <Panel
      title={t('repository.title')}
      side={
        <Group gap="xs">
          <ActionButton
            variant="default"
            size="xs"
            needs="image:publish"
            loading={fsck.isPending}
            onClick={() => fsck.mutate()}
          >
            {t('repository.fsck')}
          </ActionButton>
          <ConfirmButton
            title={t('repository.gcTitle')}
            verb={t('repository.gc')}
            color="ink"
            act={() => gc.mutateAsync()}
            button={{ size: 'xs', needs: 'image:publish' }}
          >
            {t('repository.gcText')}
          </ConfirmButton>
          <ConfirmButton
            title={t('repository.repackTitle')}
            verb={t('repository.repack')}
            color="ink"
            act={() => repack.mutateAsync()}
            button={{ size: 'xs', needs: 'image:publish' }}
          >
            {t('repository.repackText')}
          </ConfirmButton>
        </Group>
      }
    >
      <Facts
        items={[
          [
            t('repository.address'),
            <span key="u" className="mono">
              {url}
            </span>,
          ],
          [t('repository.kind'), kind],
          [t('repository.size'), <Bytes key="b" value={bytes} />],
          [t('repository.files'), files],
          [
            t('repository.lastFsck'),
            lastFsck ? (
              <span key="f">
                <StateBadge tone={lastFsck.findings.length === 0 ? 'good' : 'bad'}>
                  {t('repository.findings', { count: lastFsck.findings.length })}
                </StateBadge>{' '}
                · <Time at={lastFsck.at} ago />
              </span>
            ) : (
              t('repository.never')
            ),
          ],
        ]}
      />
      {lastFsck && lastFsck.findings.length > 0 && (
        <ul className="plain-list" style={{ marginTop: 12 }}>
          {lastFsck.findings.map((one) => (
            <li key={one.file + one.code}>
              <span className="mono">{one.file}</span>
              <Text size="sm">{one.detail}</Text>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
