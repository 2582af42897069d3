import { type Assignment, type AssignmentLimits, assignmentLimitsSchema } from '@atelier/api';
import { SegmentedControl, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { useT } from '../../i18n/use-t.ts';
import { AssignmentFields } from './assignment-fields.tsx';

/** Gives a workspace to a user or group, or changes what was given. */
export function AssignmentModal({
  opened,
  onClose,
  workspace,
  existing,
}: {
  opened: boolean;
  onClose: () => void;
  workspace?: string;
  existing?: Assignment;
}) {
  const t = useT();
  const queries = useQueryClient();
  const [to, setTo] = useState(workspace ?? null);
  const [kind, setKind] = useState<'user' | 'group'>('group');
  const [principal, setPrincipal] = useState<string | null>(null);
  const [limits, setLimits] = useState<AssignmentLimits>(assignmentLimitsSchema.parse({}));
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    if (!opened) return;
    setLimits(assignmentLimitsSchema.parse(existing ?? {}));
    setTo(existing?.workspace ?? workspace ?? null);
    setPrincipal(null);
    setMissing(false);
  }, [opened, existing, workspace]);
  const submit = async () => {
    if (existing)
      await api.workspaces.updateAssignment({ params: { id: existing.id }, body: limits }, { ifMatch: existing.rev });
    else {
      setMissing(true);
      if (!to || !principal) return false;
      await api.workspaces.assign({ params: { id: to }, body: { ...limits, principal: { kind, id: principal } } });
    }
    await Promise.all(['workspaces', 'system'].map((root) => queries.invalidateQueries({ queryKey: [root] })));
    return true;
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={
        existing
          ? t('assignments.change', { workspace: existing.workspace, principal: existing.principal.name })
          : t('assignments.new')
      }
      verb={existing ? t('common.save') : t('assignments.assign')}
      submit={submit}
    >
      {!existing && (
        <>
          {!workspace && (
            <ObjectSelect
              source="workspace"
              label={t('workspaces.workspace')}
              value={to}
              onChange={setTo}
              error={missing && !to && t('common.required')}
            />
          )}
          <div>
            <Text size="sm" fw={600} mb={4}>
              {t('assignments.to')}
            </Text>
            <SegmentedControl
              aria-label={t('assignments.to')}
              value={kind}
              onChange={(next) => {
                setKind(next as typeof kind);
                setPrincipal(null);
              }}
              data={[
                { value: 'group', label: t('people.group') },
                { value: 'user', label: t('people.user') },
              ]}
            />
          </div>
          <ObjectSelect
            key={kind}
            source={kind}
            label={t(`people.${kind}`)}
            value={principal}
            onChange={setPrincipal}
            error={missing && !principal && t('common.required')}
          />
        </>
      )}
      <AssignmentFields value={limits} onChange={(fields) => setLimits({ ...limits, ...fields })} />
    </FormModal>
  );
}
