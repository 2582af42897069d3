import type { Policy } from '@atelier/api';
import { ActionIcon, Button, Group, Input, NumberInput, SegmentedControl, Stack } from '@mantine/core';
import { Icon } from '../../../components/icon.tsx';
import { useT } from '../../../i18n/use-t.ts';
import type { InputProps } from './policy-input.tsx';

type Memory = Policy['vm']['memory'];

/** The guest's memory: one size, or a table by the host's memory. */
export function MemoryInput({ value, onChange, readOnly, label, description, error }: InputProps<Memory>) {
  const t = useT();
  const fixed = 'fixedMiB' in value;
  const rows = fixed ? [] : value.table;
  const setRow = (index: number, row: { hostMiB: number; vmMiB: number }) =>
    onChange({ table: rows.map((one, at) => (at === index ? row : one)) });
  const size = (name: string, now: number, set: (value: number) => void) => (
    <NumberInput
      aria-label={name}
      value={now}
      onChange={(next) => set(Number(next))}
      readOnly={readOnly}
      min={1}
      step={256}
      allowDecimal={false}
      suffix=" MiB"
      w={150}
    />
  );
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Stack gap="xs" mt={6} align="flex-start">
        <SegmentedControl
          size="xs"
          disabled={readOnly}
          aria-label={label}
          value={fixed ? 'fixed' : 'table'}
          onChange={(next) =>
            onChange(
              next === 'fixed'
                ? { fixedMiB: rows[0]?.vmMiB ?? 1024 }
                : {
                    table: [
                      { hostMiB: 4096, vmMiB: fixed ? value.fixedMiB : 1024 },
                      { hostMiB: 8192, vmMiB: 2048 },
                    ],
                  },
            )
          }
          data={[
            { value: 'fixed', label: t('policy.memoryFixed') },
            { value: 'table', label: t('policy.memoryTable') },
          ]}
        />
        {fixed && size(label, value.fixedMiB, (next) => onChange({ fixedMiB: next }))}
        {rows.map((row, index) => (
          <Group key={index} gap="xs">
            <span>{t('policy.memoryFrom')}</span>
            {size(t('policy.memoryHost'), row.hostMiB, (next) => setRow(index, { ...row, hostMiB: next }))}
            <span>→</span>
            {size(t('policy.memoryGuest'), row.vmMiB, (next) => setRow(index, { ...row, vmMiB: next }))}
            {!readOnly && rows.length > 1 && (
              <ActionIcon
                aria-label={t('common.remove')}
                onClick={() => onChange({ table: rows.filter((_, at) => at !== index) })}
              >
                <Icon name="trash" size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!fixed && !readOnly && rows.length < 20 && (
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              onChange({
                table: [
                  ...rows,
                  { hostMiB: (rows.at(-1)?.hostMiB ?? 4096) * 2, vmMiB: (rows.at(-1)?.vmMiB ?? 1024) * 2 },
                ],
              })
            }
          >
            {t('policy.memoryAdd')}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
