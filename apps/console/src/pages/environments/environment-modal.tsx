import { contract, type EnvironmentView, environmentDrivers, isEnvironmentDriver } from '@atelier/api';
import { Autocomplete, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { PropertiesField } from '../../components/properties-field.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import {
  bodyOf,
  type DriverField,
  driverFields,
  type EnvironmentBody,
  type EnvironmentForm,
  emptyEnvironment,
  formOf,
} from './environment-form.ts';

/** Says how the machines of a place are switched, or changes it. */
export function EnvironmentModal({
  environment,
  opened,
  onClose,
}: {
  /** The one to change; null adds one. */
  environment: EnvironmentView | null;
  opened: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const form = useFields<EnvironmentForm>(emptyEnvironment, contract.targets.putEnvironment.body);
  const { values, set, errors } = form;
  useEffect(() => {
    if (!opened) return;
    form.setValues(environment ? formOf(environment) : emptyEnvironment);
    form.setErrors({});
  }, [opened, environment?.name]);
  const save = useAct(
    (body: EnvironmentBody) =>
      api.targets.putEnvironment(
        { params: { name: values.name.trim() }, body },
        environment ? { ifMatch: environment.rev } : {},
      ),
    { touches: ['targets'], quiet: true, done: (one) => t('environments.saved', { name: one.name }) },
  );
  const submit = async () => {
    if (!contract.targets.putEnvironment.params.safeParse({ name: values.name.trim() }).success) {
      form.setErrors({ name: t('environments.nameWrong') });
      return false;
    }
    const read = bodyOf(values);
    if (read.wrong !== undefined) {
      form.setErrors({ [read.wrong]: t('properties.wrong', { text: read.text }) });
      return false;
    }
    if (!form.check(read.body)) return false;
    await save.mutateAsync(read.body);
    return true;
  };
  const known = isEnvironmentDriver(values.driver) ? values.driver : null;
  const change = (name: string, value: unknown) => {
    set('settings', { ...values.settings, [name]: value });
    form.setErrors({ ...errors, [`settings.${name}`]: '' });
  };
  const field = ({ name, kind, choices, required, example }: DriverField) => {
    const common = {
      label: t(`environments.setting.${name as 'uri'}`),
      description: t(`environments.settingHelp.${name as 'uri'}`),
      error: errors[`settings.${name}`] || undefined,
    };
    const value = values.settings[name];
    if (kind === 'switch')
      return (
        <Switch
          key={name}
          {...common}
          checked={value === true}
          onChange={(event) => change(name, event.currentTarget.checked)}
        />
      );
    if (kind === 'choice')
      return (
        <Select
          key={name}
          {...common}
          data={(choices ?? []).map((one) => ({ value: one, label: t(`environments.accelerator_${one as 'best'}`) }))}
          value={String(value ?? choices?.[0] ?? '')}
          onChange={(next) => change(name, next)}
          allowDeselect={false}
        />
      );
    if (kind === 'count')
      return (
        <NumberInput
          key={name}
          {...common}
          placeholder={example}
          value={(value as number | undefined) ?? ''}
          onChange={(next) => change(name, next === '' ? undefined : Number(next))}
          min={1}
        />
      );
    return (
      <TextInput
        key={name}
        {...common}
        required={required}
        placeholder={example}
        value={(value as string | undefined) ?? ''}
        onChange={(event) => change(name, event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
    );
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={environment ? t('targets.editTitle', { name: environment.name }) : t('environments.new')}
      verb={environment ? t('common.save') : t('environments.add')}
      submit={submit}
      onFieldErrors={form.setErrors}
    >
      {environment === null && (
        <TextInput
          label={t('common.name')}
          description={t('environments.nameHelp')}
          required
          data-autofocus
          autoComplete="off"
          {...form.text('name')}
        />
      )}
      <Autocomplete
        label={t('environments.driver')}
        description={known ? t(`environments.driver_${known}`) : t('environments.driverOther')}
        data={[...environmentDrivers]}
        value={values.driver}
        onChange={(driver) => set('driver', driver)}
        error={errors.driver}
      />
      {known ? (
        driverFields[known].map(field)
      ) : (
        <PropertiesField label={t('environments.lines')} {...form.text('lines')} />
      )}
      <details className="more">
        <summary>{t('targets.more')}</summary>
        <div className="more-fields">
          <NumberInput
            label={t('targets.weight')}
            description={t('environments.weightHelp')}
            value={values.serverWeight}
            onChange={(weight) => set('serverWeight', Number(weight))}
            error={errors.serverWeight}
            min={1}
            max={10_000}
          />
          <PropertiesField {...form.text('properties')} />
        </div>
      </details>
    </FormModal>
  );
}
