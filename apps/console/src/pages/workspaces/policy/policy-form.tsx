import { type Policy, policySchema } from '@atelier/api';
import { Stack, Text, Title } from '@mantine/core';
import { useT } from '../../../i18n/use-t.ts';
import { policySections, valueAt, withValueAt } from './policy-fields.ts';
import { PolicyInput } from './policy-input.tsx';

/** Messages by path for what is not valid in a policy. */
export function policyErrors(policy: unknown): Record<string, string> {
  const parsed = policySchema.safeParse(policy);
  return parsed.success
    ? {}
    : Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
}

/** Every field of a policy, with what it means. */
export function PolicyForm({
  value,
  onChange,
  readOnly = false,
  type = 'persistent',
}: {
  value: Policy;
  onChange: (value: Policy) => void;
  readOnly?: boolean;
  type?: 'persistent' | 'revertible';
}) {
  const t = useT();
  const errors = policyErrors(value);
  const errorAt = (path: string) =>
    Object.entries(errors).find(([key]) => key === path || key.startsWith(`${path}.`))?.[1];
  return (
    <div className="policy-form">
      {policySections.map((section) => (
        <section key={section.key} aria-labelledby={`policy-${section.key}`}>
          <div>
            <Title order={3} id={`policy-${section.key}`}>
              {t(`policySection.${section.key}.title`)}
            </Title>
            <Text size="sm" c="dimmed">
              {t(`policySection.${section.key}.text`)}
            </Text>
          </div>
          <Stack gap="md">
            {section.fields
              .filter((field) => !(field.path === 'vm.stopAction' && type === 'revertible'))
              .map((field) => (
                <PolicyInput
                  key={field.path}
                  field={field}
                  value={valueAt(value, field.path)}
                  onChange={(next) => onChange(withValueAt(value, field.path, next))}
                  readOnly={readOnly}
                  error={errorAt(field.path)}
                />
              ))}
          </Stack>
        </section>
      ))}
    </div>
  );
}
