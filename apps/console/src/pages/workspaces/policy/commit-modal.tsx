import type { Policy, Workspace } from '@atelier/api';
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import type { Difference } from '../../../components/difference.ts';
import { DifferenceView } from '../../../components/difference-view.tsx';
import { FormModal } from '../../../components/form-modal.tsx';
import { useT } from '../../../i18n/use-t.ts';

/** Shows what changes, asks why, and commits a new policy revision. */
export function CommitModal({
  opened,
  onClose,
  workspace,
  document,
  changes,
  onDone,
}: {
  opened: boolean;
  onClose: () => void;
  workspace: Workspace;
  document: Policy;
  changes: readonly Difference[];
  onDone: () => void;
}) {
  const t = useT();
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={t('policy.commitTitle', { number: workspace.policyRevision + 1 })}
      verb={t('policy.commit')}
      size="lg"
      submit={async () => {
        await api.workspaces.commitPolicy({ params: { id: workspace.id }, body: { document, message } });
        await queries.invalidateQueries({ queryKey: ['workspaces'] });
        setMessage('');
        onDone();
      }}
    >
      <DifferenceView items={changes} />
      <TextInput
        label={t('policy.message')}
        description={t('policy.messageHelp')}
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
        data-autofocus
      />
    </FormModal>
  );
}
