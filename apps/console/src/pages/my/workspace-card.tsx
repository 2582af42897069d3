import type { MyWorkspace } from '@atelier/api';
import { Group, Text, Title } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { EndpointPart } from './endpoint-part.tsx';

/** One workspace of the person, with each of their computers. */
export function WorkspaceCard({ workspace }: { workspace: MyWorkspace }) {
  const t = useT();
  const heading = `my-${workspace.workspaceId}`;
  return (
    <section className="card my-card" aria-labelledby={heading}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Group gap="md" align="flex-start" wrap="nowrap">
          <span className="my-mark">
            <Icon name="workspace" size={24} />
          </span>
          <div>
            <Title order={2} id={heading}>
              {workspace.name}
            </Title>
            {workspace.description && (
              <Text size="sm" c="dimmed">
                {workspace.description}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {workspace.image} {workspace.version === null ? '' : `v${workspace.version}`}
              {workspace.expiresOn && (
                <>
                  {' '}
                  · {t('my.until')} <Time at={workspace.expiresOn} />
                </>
              )}
            </Text>
          </div>
        </Group>
        {!workspace.enabled && <StateBadge tone="warn">{t('common.disabled')}</StateBadge>}
      </Group>
      {workspace.endpoints.length === 0 ? (
        <Text size="sm" mt="md" c="dimmed">
          {t('my.noEndpoint')}
        </Text>
      ) : (
        workspace.endpoints.map((endpoint) => (
          <EndpointPart key={endpoint.endpointId} workspace={workspace} endpoint={endpoint} />
        ))
      )}
      {workspace.supportContact && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('workspaces.support')}: {workspace.supportContact}
        </Text>
      )}
    </section>
  );
}
