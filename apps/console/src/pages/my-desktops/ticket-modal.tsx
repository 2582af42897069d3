import type { MyDesktop } from '@atelier/api';
import { Button, Group, Loader, Modal, Progress, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { shellWord } from '../../components/shell-word.ts';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { freeRdpCommand } from './freerdp-command.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

/** Gets a ticket for one sign-in at the broker, and shows how to use it while it is good. */
export function TicketModal({ desktop, onClose }: { desktop: MyDesktop; onClose: () => void }) {
  const t = useT();
  const { name, collectionId } = desktop;
  const ask = useAct(() => api.myDesktops.ticket({ params: { collection: collectionId } }), { quiet: true });
  useEffect(() => ask.mutate(), []);
  const ticket = ask.data;
  const seconds = useSecondsLeft(ticket?.expiresAt ?? null);
  const over = seconds === 0;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<Text fw={600}>{t('myDesktops.ticketTitle', { name })}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text size="sm">{t('myDesktops.ticketText')}</Text>
        {desktop.asksPassword && <Text size="sm">{t('myDesktops.ticketAsks')}</Text>}
        {ask.error !== null && <ProblemAlert error={ask.error} />}
        {ask.isPending && <Loader size="sm" aria-label={t('common.loading')} />}
        {ticket && !over && (
          <>
            {(
              [
                ['address', ticket.address || '—', 'copyAddress'],
                ['user', ticket.user, 'copyUser'],
                ['ticketValue', ticket.ticket, 'copyTicket'],
              ] as const
            ).map(([label, text, copy]) => (
              <div key={label}>
                <Text size="sm" c="dimmed">
                  {t(`myDesktops.${label}`)}
                </Text>
                <CommandLine text={text} label={t(`myDesktops.${copy}`)} />
              </div>
            ))}
            {ticket.address !== '' && (
              <div>
                <Text size="sm" c="dimmed">
                  {t('myDesktops.command')}
                </Text>
                <CommandLine text={freeRdpCommand(ticket)} label={t('myDesktops.copyCommand')} />
              </div>
            )}
          </>
        )}
        {ticket && ticket.address !== '' && (
          <div>
            <Text size="sm" c="dimmed">
              {t('myDesktops.cliCommand')}
            </Text>
            <CommandLine text={`atelier desktop connect ${shellWord(name)}`} label={t('myDesktops.copyCommand')} />
          </div>
        )}
        {seconds !== null && (
          <Group justify="space-between" wrap="nowrap">
            {/* A timer is read when somebody goes there, not each second. */}
            <div role="timer" style={{ flex: 1 }}>
              <Text size="sm">{over ? t('myDesktops.ticketOver') : t('myDesktops.ticketLeft', { seconds })}</Text>
              <Progress value={(seconds / 60) * 100} size={4} mt={4} aria-hidden />
            </div>
            {over && (
              <Button onClick={() => ask.mutate()} loading={ask.isPending}>
                {t('myDesktops.ticketAgain')}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Modal>
  );
}
