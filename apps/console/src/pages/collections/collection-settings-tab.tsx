import { type CollectionView, contract } from '@atelier/api';
import { Group, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { fieldErrors, problemOf } from '../../api/problem.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { CollectionFields } from './collection-fields.tsx';
import { type CollectionSettings, settingsOf } from './collection-settings.ts';

/** The settings of a collection, to change. What somebody else changed meanwhile is not overwritten: the server compares revisions. */
export function CollectionSettingsTab({ collection }: { collection: CollectionView }) {
  const t = useT();
  const { id, rev } = collection;
  const form = useFields<CollectionSettings & Record<string, unknown>>(
    { ...settingsOf(collection) },
    contract.collections.update.body,
  );
  useEffect(() => form.setValues({ ...settingsOf(collection) }), [rev]);
  const { kind: _kind, ...body } = form.values;
  const save = useAct(() => api.collections.update({ params: { id }, body }, { ifMatch: rev }), {
    touches: ['collections'],
    quiet: true,
    done: (one) => t('collections.changed', { name: one.name }),
  });
  return (
    <form
      className="card"
      style={{ padding: 20, maxWidth: 760 }}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (form.check(body))
          save.mutate(undefined, { onError: (error) => form.setErrors(fieldErrors(problemOf(error))) });
      }}
    >
      <Stack>
        <CollectionFields form={form} isNew={false} />
        {save.error !== null && <ProblemAlert error={save.error} />}
        <Group justify="flex-end">
          <ActionButton
            type="submit"
            needs="collection:write"
            on={[{ kind: 'collection', id }]}
            loading={save.isPending}
          >
            {t('common.save')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}
