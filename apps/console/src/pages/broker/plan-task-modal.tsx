import { Select, Textarea, TextInput } from '@mantine/core';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Plans a task of a plug-in on a target. */
export function PlanTaskModal({ plugIns, onClose }: { plugIns: readonly string[]; onClose: () => void }) {
  const t = useT();
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
      <ObjectSelect
        source="target"
        label={t('plugInTasks.target')}
        value={values.target || null}
        onChange={(value) => set('target', value ?? '')}
        error={errors.target}
        autoFocus
        required
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
