import { contract, type Workspace } from '@atelier/api';
import { Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Copies a workspace under a new name. */
export function CloneModal({
  opened,
  onClose,
  workspace,
}: {
  opened: boolean;
  onClose: () => void;
  workspace: Workspace;
}) {
  const t = useT();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const form = useFields({ name: `${workspace.name}-2` }, contract.workspaces.clone.body);
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={t('workspaces.cloneTitle', { name: workspace.name })}
      verb={t('workspaces.clone')}
      onFieldErrors={form.setErrors}
      submit={async () => {
        if (!form.check()) return false;
        const made = await api.workspaces.clone({ params: { id: workspace.id }, body: form.values });
        await queries.invalidateQueries({ queryKey: ['workspaces'] });
        go(`/workspaces/${made.name}`);
        return true;
      }}
    >
      <Text size="sm" c="dimmed">
        {t('workspaces.cloneText')}
      </Text>
      <TextInput label={t('common.name')} data-autofocus {...form.text('name')} />
    </FormModal>
  );
}
