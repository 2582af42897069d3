import type { MyWorkspace } from '@atelier/api';
import { PasswordInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Icon } from '../../components/icon.tsx';
import { useT } from '../../i18n/use-t.ts';
import { useMyAct } from './use-my-act.ts';

/** Unlocks a locked workspace with the person's password. */
export function UnlockButton({
  workspace,
  endpointId,
  blocked,
}: {
  workspace: MyWorkspace;
  endpointId: string;
  blocked: string | null;
}) {
  const t = useT();
  const [open, { open: show, close }] = useDisclosure();
  const [password, setPassword] = useState('');
  const act = useMyAct(workspace.workspaceId, endpointId, true);
  return (
    <>
      <ActionButton blocked={blocked} leftSection={<Icon name="unlock" size={16} />} onClick={show}>
        {t('instanceAction.unlock')}
      </ActionButton>
      <FormModal
        opened={open}
        onClose={close}
        title={t('my.unlockTitle', { name: workspace.name })}
        verb={t('instanceAction.unlock')}
        submit={async () => {
          await act.mutateAsync({ action: 'unlock', password });
          setPassword('');
        }}
      >
        <PasswordInput
          label={t('my.yourPassword')}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          data-autofocus
        />
      </FormModal>
    </>
  );
}
