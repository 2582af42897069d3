import { type CollectionView, contract, type TargetKind, type TargetView, targetKindSchema } from '@atelier/api';
import { Autocomplete, NumberInput, Select, SimpleGrid, Switch, TagsInput, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { PropertiesField } from '../../components/properties-field.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { bodyOf, emptyTarget, formOf, type TargetBody, type TargetForm, usualKind } from './target-form.ts';

/** Adds a target to a collection, or changes one. */
export function TargetModal({
  collection,
  target,
  opened,
  onClose,
}: {
  /** Where one is added. */
  collection?: CollectionView | undefined;
  /** The one to change; null adds one. */
  target: TargetView | null;
  opened: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const may = useMay();
  const environments = useRead('targets', 'listEnvironments', { query: { limit: 100 } }, { enabled: opened });
  const form = useFields<TargetForm>(emptyTarget, target ? contract.targets.update.body : contract.targets.add.body);
  const { values, set, errors } = form;
  useEffect(() => {
    if (!opened) return;
    form.setValues(target ? formOf(target) : { ...emptyTarget, kind: usualKind(collection?.kind ?? '') });
    form.setErrors({});
  }, [opened, target?.id]);
  const touches = ['targets', 'collections', 'myDesktops'];
  const save = useAct(
    async (body: TargetBody) =>
      target
        ? api.targets.update({ params: { id: target.id }, body }, { ifMatch: target.rev })
        : api.targets.add({
            body: {
              ...body,
              collection: collection?.id ?? '',
              kind: values.kind,
              state: values.up ? 'running' : 'stopped',
            },
          }),
    {
      touches,
      quiet: true,
      done: (one) => t(target ? 'targets.changed' : 'targets.added', { name: one.name }),
    },
  );
  const submit = async () => {
    const read = bodyOf(values);
    if (read.wrong !== undefined) {
      const key = read.wrong === 'addresses' ? 'targets.addressWrong' : 'properties.wrong';
      form.setErrors({ [read.wrong]: t(key, { text: read.text }) });
      return false;
    }
    const as = target ? read.body : { ...read.body, collection: collection?.id ?? '', kind: values.kind };
    if (!form.check(as)) return false;
    await save.mutateAsync(read.body);
    return true;
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={
        target ? t('targets.editTitle', { name: target.name }) : t('targets.addTo', { name: collection?.name ?? '' })
      }
      verb={target ? t('common.save') : t('targets.add')}
      submit={submit}
      onFieldErrors={form.setErrors}
    >
      <TextInput
        label={t('common.name')}
        description={t('targets.nameHelp')}
        required
        data-autofocus
        autoComplete="off"
        {...form.text('name')}
      />
      <TagsInput
        label={t('targets.address')}
        description={t('targets.addressHelp')}
        placeholder="rdsh1.example.org"
        value={[...values.addresses]}
        onChange={(addresses) => set('addresses', addresses)}
        error={errors.addresses || errors.endpoints}
        acceptValueOnBlur
        maxTags={20}
      />
      {target === null && (
        <>
          <Select
            label={t('targets.kind')}
            data={targetKindSchema.options.map((value) => ({ value, label: t(`targetKind.${value}`) }))}
            value={values.kind}
            onChange={(value) => value && set('kind', value as TargetKind)}
            allowDeselect={false}
          />
          <Switch
            label={t('targets.up')}
            description={t('targets.upHelp')}
            checked={values.up}
            onChange={(event) => set('up', event.currentTarget.checked)}
          />
        </>
      )}
      {may('host:read') && (
        <ObjectSelect
          source="host"
          label={t('targets.host')}
          description={t('targets.hostHelp')}
          placeholder={t('targets.none')}
          value={values.hostId}
          onChange={(hostId) => set('hostId', hostId)}
          clearable
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
        <NumberInput
          label={t('targets.weight')}
          description={t('targets.weightHelp')}
          value={values.weight}
          onChange={(weight) => set('weight', Number(weight))}
          error={errors.weight}
          min={1}
          max={10_000}
        />
        <NumberInput
          label={t('collections.maxSessions')}
          description={t('targets.maxSessionsHelp')}
          value={values.maxSessions ?? ''}
          onChange={(most) => set('maxSessions', most === '' ? null : Number(most))}
          error={errors.maxSessions}
          min={1}
          max={100_000}
        />
      </SimpleGrid>
      <Switch
        label={t('collections.singleSession')}
        checked={values.singleSession}
        onChange={(event) => set('singleSession', event.currentTarget.checked)}
      />
      <details className="more">
        <summary>{t('targets.more')}</summary>
        <div className="more-fields">
          {may('people:read') && (
            <ObjectSelect
              source="user"
              label={t('targets.owner')}
              description={t('targets.ownerHelp')}
              placeholder={t('targets.none')}
              value={values.ownerId}
              onChange={(ownerId) => set('ownerId', ownerId)}
              clearable
            />
          )}
          <TextInput label={t('targets.fqdn')} description={t('targets.fqdnHelp')} {...form.text('fqdn')} />
          <TextInput label={t('targets.netbios')} {...form.text('netbios')} />
          <Autocomplete
            label={t('targets.environment')}
            description={t('targets.environmentHelp')}
            data={(environments.data?.items ?? []).map(({ name }) => name)}
            value={values.environment}
            onChange={(environment) => set('environment', environment)}
            error={errors.environment}
          />
          <PropertiesField {...form.text('properties')} />
        </div>
      </details>
    </FormModal>
  );
}
