import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { useEventTitle } from '../events/event-title.ts';
import { SeverityBadge } from '../events/severity-badge.tsx';

/** The last few events, live. */
export function RecentEvents() {
  const t = useT();
  const may = useMay();
  const titleOf = useEventTitle();
  const events = useRead('events', 'list', { query: { limit: 6 } }, { enabled: may('event:read') });
  if (!events.data) return null;
  return (
    <Panel
      title={t('overview.recent')}
      side={
        <Anchor component={Link} href="/events" size="sm">
          {t('overview.allEvents')}
        </Anchor>
      }
    >
      {events.data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('events.emptyText')}
        </Text>
      ) : (
        <ul className="plain-list">
          {events.data.items.map((event) => (
            <li key={event.seq}>
              <span style={{ minWidth: 0 }}>
                <SeverityBadge severity={event.severity} bare /> {titleOf(event)}{' '}
                <Text span size="sm" c="dimmed">
                  {event.detail}
                </Text>
              </span>
              <Text size="sm" c="dimmed" component="span">
                <Time at={event.receivedAt} ago />
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
