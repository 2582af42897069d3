import { Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../i18n/use-t.ts';
import { CommandLine } from './command-line.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Time } from './time.tsx';
import { useAct } from './use-act.ts';

const lifetimes = [15, 60, 480, 1440] as const;

/** What an invitation is asked for with. */
export interface InvitationAsked {
  readonly expiresInMinutes: number;
  readonly uses: number;
}

/** One command to copy to a new machine, with a short-lived token in it. */
export function InvitationModal({
  opened,
  onClose,
  title,
  text,
  after,
  usesLabel,
  mostUses,
  validFor,
  make,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  text: string;
  after: string;
  usesLabel: string;
  mostUses: number;
  /** Says for how many machines it is, up to the time that follows. */
  validFor: (uses: number) => string;
  make: (asked: InvitationAsked) => Promise<{ readonly command: string; readonly expiresAt: string }>;
}) {
  const t = useT();
  const [minutes, setMinutes] = useState(60);
  const [uses, setUses] = useState(1);
  const made = useAct(() => make({ expiresInMinutes: minutes, uses }), { quiet: true });
  const close = () => {
    made.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={<Text fw={600}>{title}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text size="sm">{text}</Text>
        {made.data ? (
          <div aria-live="polite">
            <CommandLine text={made.data.command} label={t('endpoints.copyCommand')} />
            <Text size="sm" c="dimmed" mt="xs">
              {validFor(uses)} <Time at={made.data.expiresAt} />. {t('endpoints.tokenOnce')}
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
              label={usesLabel}
              value={uses}
              onChange={(value) => setUses(Number(value) || 1)}
              min={1}
              max={mostUses}
              w={160}
            />
            <Button onClick={() => made.mutate()} loading={made.isPending} data-autofocus>
              {t('endpoints.makeCommand')}
            </Button>
          </Group>
        )}
        {made.error !== null && <ProblemAlert error={made.error} />}
        <Text size="sm" c="dimmed">
          {after}
        </Text>
      </Stack>
    </Modal>
  );
}
