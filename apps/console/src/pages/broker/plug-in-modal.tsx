import { type BrokerPlugin, contract } from '@atelier/api';
import { Fieldset, NumberInput, Select, SimpleGrid, Switch, TagsInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';

/** Milliseconds that each stage has when nobody says otherwise. */
const usual = { filter: 1000, 'load-balancing': 1000, placement: 1000, orchestration: 120_000 } as const;
type Stage = keyof typeof usual;

type PlugInForm = Record<string, unknown> & Omit<BrokerPlugin, 'name' | 'health' | 'rev'>;
const formOf = ({ name: _name, health: _health, rev: _rev, ...kept }: BrokerPlugin): PlugInForm => kept;

/** Says over what a plug-in's manifest says how it takes part. */
export function PlugInModal({ plugin, onClose }: { plugin: BrokerPlugin; onClose: () => void }) {
  const t = useT();
  const locale = useLocale();
  const may = useMay();
  const form = useFields<PlugInForm>(formOf(plugin), contract.broker.putPlugin.body);
  const { values, set, errors } = form;
  useEffect(() => form.setValues(formOf(plugin)), [plugin.name]);
  const known = useRead('collections', 'list', { query: { limit: 200 } }, { enabled: may('collection:read') });
  const save = useAct(
    () =>
      api.broker.putPlugin(
        { params: { name: plugin.name }, body: values },
        // A plug-in that nobody changed yet has a revision, too.
        { ifMatch: plugin.rev },
      ),
    { touches: ['broker'], quiet: true, done: t('broker.changed', { name: plugin.name }) },
  );
  const budget = (stage: Stage, value: number | string) => {
    const { [stage]: _old, ...others } = values.budgets;
    set('budgets', value === '' ? others : { ...others, [stage]: Number(value) });
  };
  return (
    <FormModal
      opened
      onClose={onClose}
      size="lg"
      title={t('broker.edit', { name: plugin.name })}
      verb={t('common.save')}
      submit={async () => form.check() && (await save.mutateAsync())}
      onFieldErrors={form.setErrors}
    >
      <NumberInput
        label={t('broker.priority')}
        description={t('broker.priorityHelp')}
        value={values.priority}
        onChange={(priority) => set('priority', Number(priority))}
        error={errors.priority}
        min={-1_000_000}
        max={1_000_000}
        data-autofocus
      />
      <TagsInput
        label={t('broker.collections')}
        description={t('broker.collectionsHelp')}
        data={known.data?.items.map((one) => one.name) ?? []}
        value={values.collections}
        onChange={(collections) => set('collections', collections)}
        acceptValueOnBlur
      />
      <Fieldset legend={t('broker.budgets')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {(Object.keys(usual) as Stage[]).map((stage) => (
            <NumberInput
              key={stage}
              label={t(`decisionStage.${stage}`)}
              description={t('broker.budgetHelp', { usual: usual[stage].toLocaleString(locale) })}
              value={values.budgets[stage] ?? ''}
              onChange={(value) => budget(stage, value)}
              error={errors[`budgets.${stage}`]}
              min={1}
              max={3_600_000}
              suffix=" ms"
            />
          ))}
        </SimpleGrid>
      </Fieldset>
      <Select
        label={t('broker.onFailure')}
        data={(['continue', 'fail-connection'] as const).map((value) => ({
          value,
          label: t(`broker.onFailure_${value}`),
        }))}
        value={values.onFailure}
        onChange={(value) => value && set('onFailure', value as PlugInForm['onFailure'])}
        allowDeselect={false}
      />
      <Switch
        label={t('broker.allowExternal')}
        checked={values.allowExternal}
        onChange={(event) => set('allowExternal', event.currentTarget.checked)}
      />
    </FormModal>
  );
}
