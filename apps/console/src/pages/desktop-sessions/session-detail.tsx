import type { DesktopSession } from '@atelier/api';
import { Anchor, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { Facts } from '../../components/facts.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { SessionStateBadge } from './session-state-badge.tsx';

/** All that is known of a session. */
export function SessionDetail({ session }: { session: DesktopSession }) {
  const t = useT();
  const may = useMay();
  const { clientDisplay: screen } = session;
  return (
    <Stack>
      <SessionStateBadge state={session.state} />
      <Facts
        items={[
          [t('palette.target'), session.target.name],
          [t('palette.collection'), session.collection.name],
          [t('desktopSessions.since'), <Time key="s" at={session.createdAt} />],
          [t('desktopSessions.from'), [session.clientName, session.clientAddress].filter(Boolean).join(' · ') || null],
          [t('desktopSessions.screenSize'), screen ? t('desktopSessions.screen', screen) : null],
          [t('desktopSessions.hostSession'), session.hostSessionId],
          [t('desktopSessions.program'), session.initialProgram || null],
          [t('desktopSessions.disconnectedAt'), <Time key="d" at={session.disconnectedAt} />],
          [t('desktopSessions.endedAt'), <Time key="e" at={session.endedAt} />],
          [t('desktopSessions.whyEnded'), session.endReason],
          [
            'Id',
            <span key="i" className="mono">
              {session.id}
            </span>,
          ],
        ]}
      />
      {may('broker:read') && (
        <Anchor component={Link} href={`/decisions?session=${session.id}`}>
          {t('desktopSessions.decisions')}
        </Anchor>
      )}
    </Stack>
  );
}
