import type { AssignmentLimits } from '@atelier/api';
import { Checkbox, Fieldset, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useT } from '../../i18n/use-t.ts';

const directions = ['none', 'to-host', 'to-workspace', 'both'] as const;
const toLocal = (iso: string | null) => {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** The limits of an assignment. */
export function AssignmentFields({
  value,
  onChange,
}: {
  value: AssignmentLimits;
  onChange: (fields: Partial<AssignmentLimits>) => void;
}) {
  const t = useT();
  const direction = (field: 'clipboard' | 'fileTransfer') => (
    <Select
      label={t(`limits.${field}`)}
      data={directions.map((one) => ({ value: one, label: t(`direction.${one}`) }))}
      value={value[field]}
      onChange={(next) => next && onChange({ [field]: next })}
      allowDeselect={false}
    />
  );
  return (
    <Stack>
      <Switch
        label={t('limits.enabled')}
        checked={value.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          type="datetime-local"
          label={t('limits.expiresOn')}
          description={t('limits.expiresOnHelp')}
          value={toLocal(value.expiresOn)}
          onChange={(event) =>
            onChange({
              expiresOn: event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : null,
            })
          }
        />
        <NumberInput
          label={t('limits.offlineLimitMinutes')}
          description={t('limits.offlineLimitHelp')}
          value={value.offlineLimitMinutes === null ? '' : value.offlineLimitMinutes / 60}
          onChange={(next) => onChange({ offlineLimitMinutes: next === '' ? null : Math.round(Number(next) * 60) })}
          min={0}
          suffix=" h"
          placeholder={t('limits.unlimited')}
        />
        {direction('clipboard')}
        {direction('fileTransfer')}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Switch
          label={t('limits.printing')}
          checked={value.printing}
          onChange={(event) => onChange({ printing: event.currentTarget.checked })}
        />
        <Switch
          label={t('limits.cdDvd')}
          checked={value.cdDvd}
          onChange={(event) => onChange({ cdDvd: event.currentTarget.checked })}
        />
      </SimpleGrid>
      <Fieldset legend={t('limits.deleteWhen')}>
        <Stack gap="xs">
          {(['disabled', 'expired', 'offlineExceeded'] as const).map((reason) => (
            <Checkbox
              key={reason}
              label={t(`limits.delete_${reason}`)}
              checked={value.deleteWhen[reason]}
              onChange={(event) =>
                onChange({ deleteWhen: { ...value.deleteWhen, [reason]: event.currentTarget.checked } })
              }
            />
          ))}
        </Stack>
      </Fieldset>
    </Stack>
  );
}
