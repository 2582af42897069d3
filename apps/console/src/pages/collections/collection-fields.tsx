import { collectionKindSchema } from '@atelier/api';
import { Fieldset, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import type { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import type { CollectionSettings } from './collection-settings.ts';
import { VmFields } from './vm-fields.tsx';
import { isMade, mayBeMade } from './vm-form.ts';

type Form = ReturnType<typeof useFields<CollectionSettings & Record<string, unknown>>>;

const choices = {
  loadBalancing: ['least-connections', 'round-robin'],
  redirectMode: ['token', 'direct'],
  targetSignIn: ['same-password', 'single-use-password'],
} as const;

/** Every setting of a collection, each with what it means. */
export function CollectionFields({ form, isNew }: { form: Form; isNew: boolean }) {
  const t = useT();
  const { values, set, errors } = form;
  const choice = (name: keyof typeof choices, label: (value: string) => string) => (
    <Select
      label={t(`collections.${name}`)}
      description={t(`collections.${name}Help`)}
      data={choices[name].map((value) => ({ value, label: label(value) }))}
      value={values[name]}
      onChange={(value) => value && set(name, value as CollectionSettings[typeof name])}
      allowDeselect={false}
    />
  );
  const count = (
    name: 'maxSessions' | 'pendingPenalty' | 'pendingSeconds' | 'startSeconds',
    min: number,
    max: number,
    suffix = '',
  ) => (
    <NumberInput
      label={t(`collections.${name}`)}
      description={t(`collections.${name}Help`)}
      value={values[name] ?? ''}
      onChange={(value) => set(name, (value === '' ? null : Number(value)) as CollectionSettings[typeof name])}
      error={errors[name]}
      min={min}
      max={max}
      suffix={suffix}
      placeholder={name === 'maxSessions' ? t('collections.noLimit') : undefined}
    />
  );
  return (
    <Stack>
      <TextInput
        label={t('common.name')}
        description={t('collections.nameHelp')}
        data-autofocus={isNew || undefined}
        required
        autoComplete="off"
        {...form.text('name')}
      />
      {isNew && (
        <Select
          label={t('collections.kind')}
          description={t('collections.kindHelp')}
          data={collectionKindSchema.options.map((value) => ({ value, label: t(`collectionKind.${value}`) }))}
          value={values.kind}
          onChange={(value) => value && set('kind', value as CollectionSettings['kind'])}
          allowDeselect={false}
        />
      )}
      <TextInput
        label={t('common.description')}
        description={t('collections.descriptionHelp')}
        {...form.text('description')}
      />
      <Switch
        label={t('common.enabled')}
        description={t('collections.enabledHelp')}
        checked={values.enabled}
        onChange={(event) => set('enabled', event.currentTarget.checked)}
      />
      {(mayBeMade(values.kind) || isMade(values.vm)) && (
        <VmFields kind={values.kind} vm={values.vm} errors={errors} onChange={(vm) => set('vm', vm)} />
      )}
      <Fieldset legend={t('collections.sharing')}>
        <Stack>
          {choice('loadBalancing', (value) => t(`collections.loadBalancing_${value as 'round-robin'}`))}
          <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
            {count('maxSessions', 1, 100_000)}
            {count('pendingPenalty', 1, 100)}
          </SimpleGrid>
          <Switch
            label={t('collections.singleSession')}
            description={t('collections.singleSessionHelp')}
            checked={values.singleSession}
            onChange={(event) => set('singleSession', event.currentTarget.checked)}
          />
        </Stack>
      </Fieldset>
      <Fieldset legend={t('collections.times')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
          {count('pendingSeconds', 5, 3600, ' s')}
          {count('startSeconds', 5, 3600, ' s')}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('collections.way')}>
        <Stack>
          {choice('redirectMode', (value) => t(`collections.redirectMode_${value as 'token'}`))}
          {choice('targetSignIn', (value) => t(`collections.targetSignIn_${value as 'same-password'}`))}
        </Stack>
      </Fieldset>
    </Stack>
  );
}
