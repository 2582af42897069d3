import type { Policy } from '@atelier/api';
import { Button, Group, Input, Stack, Switch, TextInput } from '@mantine/core';
import { useT } from '../../../i18n/use-t.ts';
import type { InputProps } from './policy-input.tsx';

type Application = Policy['applications'][number];

/** Published applications: one card each. */
export function ApplicationsInput({
  value,
  onChange,
  readOnly,
  label,
  description,
  error,
}: InputProps<Policy['applications']>) {
  const t = useT();
  const set = (index: number, fields: Partial<Application>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...fields } : one)));
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Stack gap="sm" mt={8}>
        {value.map((application, index) => (
          <div key={index} className="card" style={{ padding: 14 }}>
            <Stack gap="xs">
              <TextInput
                label={t('policy.appName')}
                readOnly={readOnly}
                value={application.displayName}
                onChange={(event) => set(index, { displayName: event.currentTarget.value })}
              />
              <TextInput
                label={t('policy.appCommand')}
                readOnly={readOnly}
                className="mono"
                value={application.commandLine}
                onChange={(event) => set(index, { commandLine: event.currentTarget.value })}
              />
              <TextInput
                label={t('common.description')}
                readOnly={readOnly}
                value={application.description}
                onChange={(event) => set(index, { description: event.currentTarget.value })}
              />
              <Group justify="space-between">
                <Group>
                  <Switch
                    label={t('common.enabled')}
                    disabled={readOnly}
                    checked={application.enabled}
                    onChange={(event) => set(index, { enabled: event.currentTarget.checked })}
                  />
                  <Switch
                    label={t('policy.appMenu')}
                    disabled={readOnly}
                    checked={application.startMenu}
                    onChange={(event) => set(index, { startMenu: event.currentTarget.checked })}
                  />
                </Group>
                {!readOnly && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => onChange(value.filter((_, at) => at !== index))}
                    aria-label={`${t('common.remove')} ${application.displayName}`}
                  >
                    {t('common.remove')}
                  </Button>
                )}
              </Group>
            </Stack>
          </div>
        ))}
        {!readOnly && (
          <div>
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                onChange([
                  ...value,
                  { enabled: true, displayName: '', description: '', commandLine: '', startMenu: true },
                ])
              }
            >
              {t('policy.appAdd')}
            </Button>
          </div>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
