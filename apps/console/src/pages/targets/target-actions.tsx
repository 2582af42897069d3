import type { TargetView } from '@atelier/api';
import { Group, Text } from '@mantine/core';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import type { MachineWork } from '../machine-jobs/machine-job-modal.tsx';
import { jobOn } from './job-on.ts';

const touches = ['targets', 'collections', 'myDesktops'];

/** Whether a plug-in keeps it: then the plug-in patches and deletes it, and nobody changes it here. */
export const isPlugIns = ({ provider }: Pick<TargetView, 'provider'>): boolean => provider !== 'atelier';

/** What can be done about a target: of ours all, of a plug-in’s what the plug-in does when it is asked. */
export function TargetActions({
  target,
  edit,
  work,
}: {
  target: TargetView;
  edit: () => void;
  /** Asks what a plug-in shall do with it. */
  work: (what: MachineWork) => void;
}) {
  const t = useT();
  const { id, name, drain, numSessions, numPending } = target;
  const people = numSessions + numPending;
  const draining = useAct(() => api.targets.drain({ params: { id }, body: { drain: !drain } }), {
    touches,
    done: t(drain ? 'targets.undrainDone' : 'targets.drainDone', { name }),
  });
  const remove = useAct(() => api.targets.remove({ params: { id }, query: { force: people > 0 ? 'yes' : 'no' } }), {
    touches,
    quiet: true,
  });
  const small = { size: 'xs', variant: 'default' } as const;
  const ofCollection = {
    ...small,
    needs: 'collection:write',
    on: [{ kind: 'collection', id: target.collection.id }],
    blocked: jobOn(target) !== null && t('targets.jobOn', { name }),
  } as const;
  return (
    <Group gap={6} justify="flex-end" className="row-actions">
      <ActionButton
        {...small}
        needs="target:write"
        loading={draining.isPending}
        onClick={() => draining.mutate()}
        aria-label={t(drain ? 'targets.undrainOf' : 'targets.drainOf', { name })}
      >
        {t(drain ? 'targets.undrain' : 'targets.drain')}
      </ActionButton>
      {isPlugIns(target) ? (
        <>
          <ActionButton
            {...ofCollection}
            onClick={() => work('patch')}
            aria-label={`${t('machineJobs.patch')} ${name}`}
          >
            {t('machineJobs.patch')}
          </ActionButton>
          <ActionButton {...ofCollection} onClick={() => work('delete')} aria-label={`${t('common.delete')} ${name}`}>
            {t('common.delete')}
          </ActionButton>
        </>
      ) : (
        <>
          <ActionButton {...small} needs="target:write" onClick={edit} aria-label={`${t('common.edit')} ${name}`}>
            {t('common.edit')}
          </ActionButton>
          <ConfirmButton
            title={t('targets.removeTitle', { name })}
            verb={t('common.remove')}
            act={() => remove.mutateAsync()}
            button={{ size: 'xs', needs: 'target:write', 'aria-label': `${t('common.remove')} ${name}` }}
          >
            {t('targets.removeText')}
            {people > 0 && (
              <Text size="sm" mt={6} fw={560}>
                {t('targets.removeForceText', { count: people })}
              </Text>
            )}
          </ConfirmButton>
        </>
      )}
    </Group>
  );
}
