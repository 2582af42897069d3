import type { EventView } from '@atelier/api';
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { Facts } from '../../components/facts.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { useEventTitle } from './event-title.ts';
import { SeverityBadge } from './severity-badge.tsx';

/** What happened, why, what to do. */
export function EventDetail({ event }: { event: EventView }) {
  const t = useT();
  const causeOf = useEventTitle('cause');
  const fixOf = useEventTitle('fix');
  return (
    <Stack>
      <div>
        <SeverityBadge severity={event.severity} />
        {event.detail && <Text mt={6}>{event.detail}</Text>}
      </div>
      <section>
        <Title order={3}>{t('events.cause')}</Title>
        <Text>{causeOf(event)}</Text>
      </section>
      <section>
        <Title order={3}>{t('events.fix')}</Title>
        <Text>{fixOf(event)}</Text>
      </section>
      <Facts
        items={[
          [t('events.id'), `${event.code} ${event.name}`],
          [t('events.source'), event.source],
          [t('events.user'), event.userName],
          [t('workspaces.workspace'), event.workspace],
          [t('events.happened'), <Time key="c" at={event.clientTime} />],
          [t('events.received'), <Time key="r" at={event.receivedAt} />],
          [
            t('problem.id'),
            event.correlationId ? (
              <Anchor key="i" component={Link} href={`/events?correlationId=${event.correlationId}`} className="mono">
                {event.correlationId}
              </Anchor>
            ) : null,
          ],
        ]}
      />
      {Object.keys(event.data).length > 0 && <JsonView value={event.data} label={t('events.data')} />}
    </Stack>
  );
}
