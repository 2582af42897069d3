import type { Policy } from '@atelier/api';
import { Stack, Switch, TextInput } from '@mantine/core';
import { useT } from '../../../i18n/use-t.ts';
import type { InputProps } from './policy-input.tsx';

/** A command that the person's computer must pass before a start; empty: none. */
export function HostVerificationInput({
  value,
  onChange,
  readOnly,
  label,
  description,
  error,
}: InputProps<Policy['general']['hostVerification']>) {
  const t = useT();
  return (
    <Stack gap="xs">
      <TextInput
        label={label}
        description={description}
        error={error}
        readOnly={readOnly}
        maw={520}
        placeholder="/usr/local/bin/check-host"
        value={value?.command ?? ''}
        onChange={(event) =>
          onChange(
            event.currentTarget.value === ''
              ? null
              : { command: event.currentTarget.value, blockOnFailure: value?.blockOnFailure ?? true },
          )
        }
      />
      {value && (
        <Switch
          label={t('policy.blockOnFailure')}
          disabled={readOnly}
          checked={value.blockOnFailure}
          onChange={(event) => onChange({ ...value, blockOnFailure: event.currentTarget.checked })}
        />
      )}
    </Stack>
  );
}
