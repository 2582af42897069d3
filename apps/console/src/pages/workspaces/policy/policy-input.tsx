import type { Policy } from '@atelier/api';
import { NumberInput, Select, Switch, Textarea } from '@mantine/core';
import i18next from 'i18next';
import { useT } from '../../../i18n/use-t.ts';
import { ApplicationsInput } from './applications-input.tsx';
import { HostVerificationInput } from './host-verification-input.tsx';
import { MemoryInput } from './memory-input.tsx';
import type { PolicyField } from './policy-fields.ts';

export interface InputProps<T> {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly readOnly: boolean;
  readonly label: string;
  readonly description: string;
  readonly error?: string;
}

/** Words of a policy field: the keys follow the document, so the type checker cannot name them; a test does. */
const words = (key: string) => (i18next.t as unknown as (key: string) => string)(key);

/** The one input that fits a policy field. */
export function PolicyInput({
  field,
  value,
  onChange,
  readOnly,
  error,
}: {
  field: PolicyField;
  value: unknown;
  onChange: (value: unknown) => void;
  readOnly: boolean;
  error?: string;
}) {
  const t = useT();
  const key = `policyField.${field.path.replace('.', '_')}`;
  const common = { label: words(`${key}.label`), description: words(`${key}.help`), error, readOnly };
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          {...common}
          data={field.options.map((option) => ({ value: option, label: words(`${key}.${option}`) }))}
          value={value as string}
          onChange={(next) => next && onChange(next)}
          allowDeselect={false}
          maw={420}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          value={value as number}
          onChange={(next) => onChange(next === '' ? undefined : Number(next))}
          min={field.min}
          max={field.max}
          clampBehavior="blur"
          allowDecimal={false}
          suffix={field.unit && ` ${field.unit}`}
          maw={260}
        />
      );
    case 'switch':
      return (
        <Switch
          {...common}
          disabled={readOnly}
          checked={value as boolean}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'folders':
      return (
        <Textarea
          {...common}
          value={(value as string[]).join('\n')}
          onChange={(event) => onChange(event.currentTarget.value === '' ? [] : event.currentTarget.value.split('\n'))}
          placeholder={'/usr\n/var/cache/apt'}
          autosize
          minRows={2}
          maw={520}
          aria-label={t('policy.folders')}
        />
      );
    case 'memory':
      return <MemoryInput {...common} value={value as Policy['vm']['memory']} onChange={onChange} />;
    case 'hostVerification':
      return (
        <HostVerificationInput {...common} value={value as Policy['general']['hostVerification']} onChange={onChange} />
      );
    case 'applications':
      return <ApplicationsInput {...common} value={value as Policy['applications']} onChange={onChange} />;
  }
}
