import type { CollectionView, TargetView } from '@atelier/api';
import { Button, Group, Text } from '@mantine/core';
import { ActionButton } from '../../components/action-button.tsx';
import { useT } from '../../i18n/use-t.ts';
import type { MachineWork } from '../machine-jobs/machine-job-modal.tsx';

/** How many of the plug-ins’ machines are chosen, and what can be done with all of them. Its words are said when they change. */
export function ChosenMachines({
  collection,
  machines,
  chosen,
  choose,
  work,
}: {
  collection: CollectionView;
  /** Those that can be chosen. */
  machines: readonly TargetView[];
  /** Ids. */
  chosen: ReadonlySet<string>;
  choose: (ids: ReadonlySet<string>) => void;
  work: (what: MachineWork, machines: readonly TargetView[]) => void;
}) {
  const t = useT();
  const picked = machines.filter(({ id }) => chosen.has(id));
  const mayAct = { size: 'xs', needs: 'collection:write', on: [{ kind: 'collection', id: collection.id }] } as const;
  return (
    <Group gap="xs" mb={picked.length > 0 ? 'md' : 0}>
      <Text size="sm" aria-live="polite" w={{ base: '100%', xs: 'auto' }}>
        {picked.length > 0 && t('machineJobs.chosen', { count: picked.length })}
      </Text>
      {picked.length > 0 && (
        <>
          <ActionButton {...mayAct} variant="default" onClick={() => work('patch', picked)}>
            {t('machineJobs.patchChosen')}
          </ActionButton>
          <ActionButton {...mayAct} variant="default" onClick={() => work('delete', picked)}>
            {t('machineJobs.deleteChosen')}
          </ActionButton>
          {picked.length < machines.length && (
            <Button size="xs" variant="subtle" onClick={() => choose(new Set(machines.map(({ id }) => id)))}>
              {t('machineJobs.chooseAll', { count: machines.length })}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => choose(new Set())}>
            {t('machineJobs.chooseNone')}
          </Button>
        </>
      )}
    </Group>
  );
}
