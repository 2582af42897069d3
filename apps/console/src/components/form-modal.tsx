import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { fieldErrors, problemOf } from '../api/problem.ts';
import { useT } from '../i18n/use-t.ts';
import { ProblemAlert } from './problem-alert.tsx';

/** A form in a dialog: shows what the server refused, closes when it was done. */
export function FormModal({
  opened,
  onClose,
  title,
  verb,
  submit,
  onFieldErrors,
  children,
  size = 'md',
  color,
  ready = true,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  verb: string;
  /** Gives false when the form itself is not valid: the dialog then stays. */
  submit: () => Promise<unknown | false>;
  onFieldErrors?: (errors: Record<string, string>) => void;
  children: ReactNode;
  size?: string;
  /** Of the button that does it; red for what loses something. */
  color?: string | undefined;
  /** False keeps it from being done, such as until a name is typed. */
  ready?: boolean;
}) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (opened) setError(null);
  }, [opened]);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      if ((await submit()) !== false) onClose();
    } catch (thrown) {
      setError(thrown);
      onFieldErrors?.(fieldErrors(problemOf(thrown)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={size}
      title={<Text fw={600}>{title}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void run();
        }}
      >
        <Stack>
          {children}
          {error !== null && <ProblemAlert error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color={color} loading={busy} disabled={!ready}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
