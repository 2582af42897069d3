import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useT } from '../i18n/use-t.ts';
import { ActionButton, type ActionButtonProps } from './action-button.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/**
 * A button for something that loses something: asks first, names the object and what is lost.
 * With `typeName` (irreversible things) the name must be typed.
 */
export function ConfirmButton({
  title,
  children,
  verb,
  typeName,
  act,
  color = 'red',
  button,
  label,
}: {
  title: string;
  children: ReactNode;
  verb: string;
  typeName?: string;
  act: () => Promise<unknown>;
  color?: string;
  button?: ActionButtonProps;
  label?: ReactNode;
}) {
  const t = useT();
  const [open, { open: show, close }] = useDisclosure();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const begin = () => {
    setTyped('');
    setError(null);
    show();
  };
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await act();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ActionButton variant="default" {...button} onClick={begin}>
        {label ?? verb}
      </ActionButton>
      <Modal
        opened={open}
        onClose={close}
        title={<Text fw={600}>{title}</Text>}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void run();
          }}
        >
          <Stack>
            <Text size="sm" component="div">
              {children}
            </Text>
            {typeName && (
              <TextInput
                label={t('common.typeName', { name: typeName })}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                data-autofocus
                autoComplete="off"
              />
            )}
            {error !== null && <ProblemAlert error={error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close} data-autofocus={typeName ? undefined : true}>
                {t('common.cancel')}
              </Button>
              <Button
                type="submit"
                color={color}
                loading={busy}
                disabled={typeName !== undefined && typed !== typeName}
              >
                {verb}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
