import { Select, Textarea, TextInput } from '@mantine/core';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Plans a task of a plug-in on a target. */
export function PlanTaskModal({ plugIns, onClose }: { plugIns: readonly string[]; onClose: () => void }) {
  const t = useT();
  const targets = usePages('targets', 'list', { query: { limit: 200 } });
  const form = useFields({ plugin: plugIns[0] ?? '', target: '', label: '', at: '', context: '' });
  const { values, set, errors } = form;
  const plan = useAct(
    () => {
      const { plugin, target, label, at, context } = values;
      const startTime = at === '' ? undefined : new Date(at).toISOString();
      return api.plugInWork.planTask({ params: { name: plugin }, body: { target, label, context, startTime } });
    },
    { touches: ['plugInWork'], quiet: true, done: t('plugInTasks.planDone') },
  );
  return (
    <FormModal
      opened
      onClose={onClose}
      title={t('plugInTasks.planTitle')}
      verb={t('plugInTasks.plan')}
      submit={() => plan.mutateAsync()}
      onFieldErrors={form.setErrors}
    >
      <Select
        label={t('plugInTasks.plugin')}
        data={[...plugIns]}
        value={values.plugin}
        onChange={(value) => value && set('plugin', value)}
        allowDeselect={false}
      />
      <Select
        label={t('plugInTasks.target')}
        data={targets.rows.map((one) => one.name)}
        value={values.target || null}
        onChange={(value) => set('target', value ?? '')}
        error={errors.target}
        searchable
        required
        data-autofocus
      />
      <TextInput label={t('plugInTasks.label')} maxLength={200} {...form.text('label')} />
      <TextInput
        type="datetime-local"
        label={t('plugInTasks.at')}
        description={t('plugInTasks.atHelp')}
        {...form.text('at')}
      />
      <Textarea
        label={t('plugInTasks.context')}
        autosize
        minRows={2}
        value={values.context}
        onChange={(event) => set('context', event.currentTarget.value)}
        error={errors.context}
      />
    </FormModal>
  );
}
