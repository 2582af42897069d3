import { Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

const lifetimes = [15, 60, 480, 1440] as const;

/** One command to copy to a Linux host, with a short-lived token. */
export function InviteHostModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const [minutes, setMinutes] = useState(60);
  const [uses, setUses] = useState(1);
  const make = useAct(() => api.hosts.invite({ body: { expiresInMinutes: minutes, uses } }), { quiet: true });
  const close = () => {
    make.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={<Text fw={600}>{t('hosts.invite')}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text size="sm">{t('hosts.inviteText')}</Text>
        {make.data ? (
          <div aria-live="polite">
            <CommandLine text={make.data.command} label={t('endpoints.copyCommand')} />
            <Text size="sm" c="dimmed" mt="xs">
              {t('hosts.tokenValid', { count: uses })} <Time at={make.data.expiresAt} />. {t('endpoints.tokenOnce')}
            </Text>
          </div>
        ) : (
          <Group align="flex-end">
            <Select
              label={t('endpoints.validFor')}
              data={lifetimes.map((value) => ({
                value: String(value),
                label: t('endpoints.minutes', { count: value }),
              }))}
              value={String(minutes)}
              onChange={(value) => value && setMinutes(Number(value))}
              allowDeselect={false}
              w={180}
            />
            <NumberInput
              label={t('nav.hosts')}
              value={uses}
              onChange={(value) => setUses(Number(value) || 1)}
              min={1}
              max={1000}
              w={160}
            />
            <Button onClick={() => make.mutate()} loading={make.isPending} data-autofocus>
              {t('endpoints.makeCommand')}
            </Button>
          </Group>
        )}
        {make.error !== null && <ProblemAlert error={make.error} />}
        <Text size="sm" c="dimmed">
          {t('hosts.inviteAfter')}
        </Text>
      </Stack>
    </Modal>
  );
}
