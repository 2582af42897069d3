import { formatSpareRange, vmSettingsOf } from '@atelier/api';
import {
  Fieldset,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useEffect, useState } from 'react';
import { useRead } from '../../api/query.ts';
import { ObjectSelect } from '../../components/object-select.tsx';
import { useT } from '../../i18n/use-t.ts';
import { isMade, readSpareLines, spareLines, usualVm, type Vm } from './vm-form.ts';

/** How the broker makes the virtual machines of a collection, if it does. */
export function VmFields({
  kind,
  vm,
  errors,
  onChange,
}: {
  kind: string;
  vm: Vm;
  /** By path, such as `vm.image`. */
  errors: Readonly<Record<string, string>>;
  onChange: (vm: Vm) => void;
}) {
  const t = useT();
  const environments = useRead('targets', 'listEnvironments', { query: { limit: 100 } });
  const zones = Intl.supportedValuesOf('timeZone');
  const [lines, setLines] = useState(() => spareLines(vm));
  const kept = spareLines(vm);
  // What was saved elsewhere is shown; what somebody types says the same, or cannot be read yet.
  useEffect(() => {
    const { spares } = readSpareLines(lines);
    if (spares && spares.map(formatSpareRange).join('\n') !== kept) setLines(kept);
  }, [kept]);
  const read = readSpareLines(lines);
  // What holds for a field that is empty.
  const holds = vmSettingsOf(vm) as Vm | null;
  const set = (name: string, value: unknown) => onChange({ ...vm, [name]: value });
  const error = (name: string) => errors[`vm.${name}`] || undefined;
  const count = (name: string, label: string, min: number, max: number, suffix = '') => (
    <NumberInput
      label={label}
      value={(vm[name] as number | undefined) ?? ''}
      placeholder={holds?.[name] === undefined ? undefined : `${holds[name]}${suffix}`}
      onChange={(value) => set(name, value === '' ? undefined : Number(value))}
      error={error(name)}
      min={min}
      max={max}
      suffix={suffix}
    />
  );
  const choice = (name: 'afterUse' | 'hardware', values: readonly string[]) => (
    <Select
      label={t(`machines.${name}`)}
      data={values.map((value) => ({ value, label: t(`machines.${name}_${value}` as 'machines.afterUse_revert') }))}
      value={String(vm[name] ?? values[0])}
      onChange={(value) => value && set(name, value)}
      allowDeselect={false}
    />
  );
  const made = isMade(vm);
  return (
    <Fieldset legend={t('machines.legend')}>
      <Stack>
        <Switch
          label={t('machines.made')}
          description={t('machines.madeHelp')}
          checked={made}
          onChange={(event) => {
            onChange(event.currentTarget.checked ? usualVm : {});
            setLines('');
          }}
        />
        {made && (
          <>
            {kind === 'personal-vms' && (
              <Text size="sm" c="dimmed">
                {t('machines.personal')}
              </Text>
            )}
            <ObjectSelect
              source="image"
              label={t('machines.image')}
              description={t('machines.imageHelp')}
              value={String(vm.image ?? '') || null}
              onChange={(image) => set('image', image ?? '')}
              error={error('image')}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
              <TextInput
                label={t('machines.channel')}
                description={t('machines.channelHelp')}
                value={String(vm.channel ?? '')}
                placeholder={holds ? String(holds.channel) : undefined}
                onChange={(event) => set('channel', event.currentTarget.value)}
                error={error('channel')}
              />
              <NumberInput
                label={t('machines.version')}
                description={t('machines.versionHelp')}
                value={(vm.version as number | undefined) ?? ''}
                onChange={(value) => set('version', value === '' ? undefined : Number(value))}
                error={error('version')}
                min={1}
              />
            </SimpleGrid>
            <MultiSelect
              label={t('machines.environments')}
              description={t('machines.environmentsHelp')}
              data={(environments.data?.items ?? []).map(({ name }) => name)}
              value={[...((vm.environments as readonly string[] | undefined) ?? [])]}
              onChange={(names) => set('environments', names)}
              error={error('environments')}
              nothingFoundMessage={t('machines.noEnvironment')}
              searchable
            />
            <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ alignItems: 'end' }}>
              {count('size', t('machines.size'), 1, 10_000)}
              {count('memoryMiB', t('machines.memory'), 64, 1_048_576, ' MiB')}
              {count('cpus', t('machines.cpus'), 1, 256)}
            </SimpleGrid>
            <Textarea
              label={t('machines.spares')}
              description={t('machines.sparesHelp')}
              value={lines}
              onChange={(event) => {
                const text = event.currentTarget.value;
                setLines(text);
                // What cannot be read is handed on as it is: the contract refuses it, and nothing is saved.
                set('spares', readSpareLines(text).spares ?? [text]);
              }}
              error={read.wrong === undefined ? undefined : t('machines.sparesWrong', { text: read.wrong })}
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
              {count('otherwise', t('machines.otherwise'), 0, 10_000)}
              <Select
                label={t('machines.timeZone')}
                data={zones.includes('UTC') ? zones : ['UTC', ...zones]}
                value={String(vm.timeZone ?? 'UTC')}
                onChange={(zone) => zone && set('timeZone', zone)}
                error={error('timeZone')}
                searchable
                allowDeselect={false}
              />
              {kind === 'pooled-vms' && choice('afterUse', ['revert', 'destroy'])}
              {choice('hardware', ['virtio', 'plain'])}
            </SimpleGrid>
          </>
        )}
      </Stack>
    </Fieldset>
  );
}
