import type { DesktopSession } from '@atelier/api';
import { Group } from '@mantine/core';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

const touches = ['desktopSessions', 'targets', 'collections', 'myDesktops'];

/** What can be done to a session: a message, disconnect, log off. */
export function SessionActions({ session, message }: { session: DesktopSession; message: () => void }) {
  const t = useT();
  const { id, user, state, managed } = session;
  const names = { user, target: session.target.name };
  const disconnect = useAct(() => api.desktopSessions.disconnect({ params: { id } }), {
    touches,
    quiet: true,
    done: t('desktopSessions.disconnectDone', { user }),
  });
  const logOff = useAct(() => api.desktopSessions.logOff({ params: { id } }), {
    touches,
    quiet: true,
    done: t('desktopSessions.logOffDone', { user }),
  });
  const live = state === 'connecting' || state === 'active' || state === 'disconnected';
  if (!live) return null;
  const unmanaged = !managed && t('desktopSessions.notManaged');
  const connecting = state === 'connecting';
  const small = { size: 'compact-sm', needs: 'session:command' } as const;
  return (
    <Group gap={6} justify="flex-end">
      <ActionButton
        {...small}
        variant="default"
        blocked={connecting ? t('desktopSessions.connecting') : unmanaged}
        onClick={message}
        aria-label={t('desktopSessions.messageTo', names)}
      >
        {t('desktopSessions.message')}
      </ActionButton>
      {state === 'active' && (
        <ConfirmButton
          title={t('desktopSessions.disconnectTitle', names)}
          verb={t('desktopSessions.disconnect')}
          color="ink"
          act={() => disconnect.mutateAsync()}
          button={{ ...small, 'aria-label': `${t('desktopSessions.disconnect')} ${user}` }}
        >
          {t('desktopSessions.disconnectText')}
        </ConfirmButton>
      )}
      <ConfirmButton
        title={t('desktopSessions.logOffTitle', names)}
        verb={t(connecting ? 'desktopSessions.cancel' : 'desktopSessions.logOff')}
        act={() => logOff.mutateAsync()}
        button={{
          ...small,
          blocked: connecting ? null : unmanaged,
          'aria-label': `${t(connecting ? 'desktopSessions.cancel' : 'desktopSessions.logOff')} ${user}`,
        }}
      >
        {t('desktopSessions.logOffText')}
      </ConfirmButton>
    </Group>
  );
}
