import { Alert, Anchor, Skeleton, Stack } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';
import { DesktopCard } from './desktop-card.tsx';
import { TicketModal } from './ticket-modal.tsx';

/** Desktops that the signed-in person may use. */
export function MyDesktopsPage() {
  const t = useT();
  const may = useMay();
  const [, go] = useLocation();
  const [wanted, setWanted] = useState<string | null>(null);
  // Whether a place is free is nobody's own change, so nothing tells of it.
  const read = useRead('myDesktops', 'list', undefined, { refetchInterval: 15_000 });
  const { address = '', items = [] } = read.data ?? {};
  const ticketFor = items.find((one) => one.collectionId === wanted);
  return (
    <Page
      title={t('nav.myDesktops')}
      about={t('myDesktops.about')}
      equivalent={{ cli: ['atelier desktop ls', 'atelier desktop connect DESKTOP'], api: 'GET /my/desktops' }}
    >
      {read.error !== null && !read.data && <ProblemAlert error={read.error} retry={() => read.refetch()} />}
      {read.isPending && <Skeleton height={150} radius="lg" aria-label={t('common.loading')} />}
      {read.data && items.length > 0 && address === '' && (
        <Alert color="yellow" icon={<Icon name="warning" />} title={t('myDesktops.noAddress')}>
          {t('myDesktops.noAddressText')}{' '}
          {may('broker:write') && (
            <Anchor component={Link} href="/broker/settings">
              {t('myDesktops.noAddressDo')}
            </Anchor>
          )}
        </Alert>
      )}
      {read.data && items.length === 0 && (
        <div className="card">
          <Empty
            icon="screen"
            title={t('myDesktops.empty')}
            action={
              may('collection:write') && (
                <ActionButton onClick={() => go('/collections')}>{t('nav.collections')}</ActionButton>
              )
            }
          >
            {t('myDesktops.emptyText')}
          </Empty>
        </div>
      )}
      <Stack gap="lg">
        {items.map((desktop) => (
          <DesktopCard
            key={desktop.collectionId}
            desktop={desktop}
            address={address}
            ticket={() => setWanted(desktop.collectionId)}
          />
        ))}
      </Stack>
      {ticketFor && <TicketModal desktop={ticketFor} onClose={() => setWanted(null)} />}
    </Page>
  );
}
