import { type InstanceState, type MyWorkspace, mayAct } from '@atelier/api';
import { Button, Group, Text } from '@mantine/core';
import { Link } from 'wouter';
import { ActionButton } from '../../components/action-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';
import { InstanceStateBadge } from '../endpoints/instance-state-badge.tsx';
import { LoseButtons } from './lose-buttons.tsx';
import { TransferBar } from './transfer-bar.tsx';
import { UnlockButton } from './unlock-button.tsx';
import { useMyAct } from './use-my-act.ts';

type Place = MyWorkspace['endpoints'][number];

/** A workspace on one computer: state, transfer, and the acts that make sense now. */
export function EndpointPart({
  workspace,
  endpoint,
  onScreen = false,
}: {
  workspace: MyWorkspace;
  endpoint: Place;
  /** Shown above the screen itself, so there is no need of the way there. */
  onScreen?: boolean;
}) {
  const t = useT();
  const act = useMyAct(workspace.workspaceId, endpoint.endpointId);
  const { instance } = endpoint;
  const state: InstanceState = instance?.state ?? 'assigned';
  const blocked = !endpoint.online
    ? t('my.endpointOffline', { name: endpoint.name })
    : !workspace.enabled
      ? t('my.workspaceDisabled')
      : null;
  const busy = (action: string) => act.isPending && act.variables?.action === action;
  const moving = instance?.transfer && (instance.transfer.state === 'running' || instance.transfer.state === 'paused');
  const update = instance?.updateAvailable ?? null;
  return (
    <div className="my-place">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Icon name="endpoint" size={18} />
          <b>{endpoint.name}</b>
          <StateBadge tone={endpoint.online ? 'good' : 'idle'}>
            {t(endpoint.online ? 'endpointState.online' : 'endpointState.offline')}
          </StateBadge>
        </Group>
        <span aria-live="polite">
          <InstanceStateBadge state={state} />
          {instance?.version ? ` · v${instance.version}` : ''}
        </span>
      </Group>
      <div aria-live="polite">
        {instance?.error && (
          <Text size="sm" c="var(--tone-bad)">
            {instance.error.detail}
          </Text>
        )}
        {update !== null && !moving && <Text size="sm">{t('my.updateAvailable', { version: update })}</Text>}
      </div>
      {moving && instance?.transfer && <TransferBar transfer={instance.transfer} />}
      <Group gap="xs">
        {mayAct(state, 'start') && (
          <ActionButton
            blocked={blocked}
            leftSection={<Icon name="play" size={16} />}
            loading={busy('start')}
            onClick={() => act.mutate({ action: 'start' })}
          >
            {t('instanceAction.start')}
          </ActionButton>
        )}
        {!onScreen && (state === 'running' || instance?.screen) && instance && (
          <Button
            component={Link}
            href={`/my/${workspace.workspaceId}/screen?endpoint=${endpoint.endpointId}`}
            leftSection={<Icon name="screen" size={16} />}
          >
            {t('my.openScreen')}
          </Button>
        )}
        {mayAct(state, 'unlock') && (
          <UnlockButton workspace={workspace} endpointId={endpoint.endpointId} blocked={blocked} />
        )}
        {mayAct(state, 'pause') && (
          <ActionButton
            variant="default"
            blocked={blocked}
            loading={busy('pause')}
            onClick={() => act.mutate({ action: 'pause' })}
          >
            {t('instanceAction.pause')}
          </ActionButton>
        )}
        {(state === 'assigned' || state === 'paused') && (
          <ActionButton
            variant="default"
            blocked={blocked}
            leftSection={<Icon name="update" size={16} />}
            loading={busy('fetch')}
            onClick={() => act.mutate({ action: 'fetch' })}
          >
            {t(state === 'paused' ? 'my.continueFetch' : 'instanceAction.fetch')}
          </ActionButton>
        )}
        {update !== null && mayAct(state, 'fetch') && (
          <ActionButton
            variant="default"
            blocked={blocked}
            leftSection={<Icon name="update" size={16} />}
            loading={busy('fetch')}
            onClick={() => act.mutate({ action: 'fetch' })}
          >
            {t('my.update', { version: update })}
          </ActionButton>
        )}
        {(['lock', 'restart', 'stop'] as const)
          .filter((action) => mayAct(state, action) && !(action === 'stop' && state === 'transferring'))
          .map((action) => (
            <ActionButton
              key={action}
              variant="default"
              blocked={blocked}
              leftSection={<Icon name={action} size={16} />}
              loading={busy(action)}
              onClick={() => act.mutate({ action })}
            >
              {t(`instanceAction.${action}`)}
            </ActionButton>
          ))}
        {instance && (
          <LoseButtons workspace={workspace} instance={instance} endpointId={endpoint.endpointId} blocked={blocked} />
        )}
      </Group>
    </div>
  );
}
