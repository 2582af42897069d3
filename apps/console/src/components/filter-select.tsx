import { Select } from '@mantine/core';
import { useT } from '../i18n/use-t.ts';
import { useParam } from './use-param.ts';

/** A choice filter in the address. */
export function FilterSelect({
  param,
  label,
  options,
}: {
  param: string;
  label: string;
  options: readonly { value: string; label: string }[];
}) {
  const t = useT();
  const [value, set] = useParam(param);
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={[...options]}
      value={value || null}
      onChange={set}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      className="filter"
    />
  );
}
