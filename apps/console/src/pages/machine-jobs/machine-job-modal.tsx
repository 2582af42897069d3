import { contract, type MachineJobRequest, type TargetView } from '@atelier/api';
import { NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { parseProperties } from '../../components/properties.ts';
import { PropertiesField } from '../../components/properties-field.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** What a plug-in is asked to do with machines that are there. */
export type MachineWork = 'patch' | 'delete';

/** What is asked, before it is begun. */
export interface MachineJob {
  readonly what: MachineWork | 'create';
  readonly collection: { readonly id: string; readonly name: string };
  /** Those that are patched or deleted; none for new ones. */
  readonly machines: readonly TargetView[];
}

/** Names that the question tells; of more, how many. */
const mostNames = 8;

/** Has a plug-in make, patch or delete machines of a collection, and leads to the task. What is deleted is lost, so its name is typed. */
export function MachineJobModal({
  job: { what, collection, machines },
  onClose,
}: {
  job: MachineJob;
  onClose: () => void;
}) {
  const t = useT();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const form = useFields(
    { count: 1, image: '', version: '' as number | '', settings: '' },
    contract.plugInWork.startMachineJob.body,
  );
  const { values, set, errors } = form;
  const names = machines.map(({ name }) => name);
  const people = machines.reduce((sum, { numSessions, numPending }) => sum + numSessions + numPending, 0);
  const start = useAct(
    (body: MachineJobRequest) => api.plugInWork.startMachineJob({ params: { id: collection.id }, body }),
    {
      touches: ['plugInWork', 'tasks'],
      quiet: true,
      done: t('machineJobs.begun'),
      onDone: ({ taskId }) => go(`/tasks/${taskId}`),
    },
  );
  const submit = async () => {
    const read = parseProperties(values.settings);
    if ('wrong' in read) {
      form.setErrors({ settings: t('properties.wrong', { text: read.wrong }) });
      return false;
    }
    const { image, version } = values;
    const body = {
      what,
      names,
      ...(what === 'create' ? { count: values.count } : {}),
      image: image.trim() === '' ? null : { name: image.trim(), version: Number(version) },
      settings: read.properties,
    };
    if (!form.check(body)) return false;
    await start.mutateAsync(body);
    return true;
  };
  const one = names.length === 1 ? names[0] : undefined;
  const verb =
    what === 'create' ? t('machineJobs.make') : what === 'patch' ? t('machineJobs.patch') : t('common.delete');
  const title =
    what === 'create'
      ? t('machineJobs.make')
      : one
        ? t(`machineJobs.${what}Title`, { name: one })
        : t(`machineJobs.${what}Many`, { count: names.length, collection: collection.name });
  const mustType = one ?? collection.name;
  return (
    <FormModal
      opened
      onClose={onClose}
      title={title}
      verb={verb}
      color={what === 'delete' ? 'red' : undefined}
      ready={what !== 'delete' || typed === mustType}
      submit={submit}
      onFieldErrors={form.setErrors}
    >
      {!one && names.length > 0 && (
        <Text size="sm" fw={560}>
          {names.slice(0, mostNames).join(', ')}
          {names.length > mostNames && ` ${t('machineJobs.more', { count: names.length - mostNames })}`}
        </Text>
      )}
      <Text size="sm" c={what === 'delete' ? undefined : 'dimmed'}>
        {what === 'create' ? t('machineJobs.createText') : t(`machineJobs.${what}Text`, { count: names.length })}
      </Text>
      {people > 0 && (
        <Text size="sm" fw={560}>
          {t('machineJobs.people', { count: people })}
        </Text>
      )}
      {errors.names && (
        <Text size="sm" c="red" role="alert">
          {errors.names}
        </Text>
      )}
      {what === 'create' && (
        <NumberInput
          label={t('machineJobs.count')}
          value={values.count}
          onChange={(value) => set('count', Number(value))}
          error={errors.count}
          min={1}
          max={1000}
          data-autofocus
        />
      )}
      {what !== 'delete' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t('machineJobs.image')}
            description={t('machineJobs.imageHelp')}
            autoComplete="off"
            data-autofocus={what === 'patch' ? true : undefined}
            {...form.text('image')}
            error={errors['image.name'] || undefined}
          />
          <NumberInput
            label={t('machineJobs.version')}
            description={t('machineJobs.versionHelp')}
            value={values.version}
            onChange={(value) => {
              set('version', value === '' ? '' : Number(value));
              form.setErrors({ ...errors, 'image.version': '' });
            }}
            error={errors['image.version'] || undefined}
            min={1}
          />
        </SimpleGrid>
      )}
      {what === 'delete' && (
        <TextInput
          label={t('common.typeName', { name: mustType })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          autoComplete="off"
        />
      )}
      <details className="more">
        <summary>{t('targets.more')}</summary>
        <div className="more-fields">
          <PropertiesField
            label={t('machineJobs.settings')}
            description={t('machineJobs.settingsHelp')}
            {...form.text('settings')}
          />
        </div>
      </details>
    </FormModal>
  );
}
