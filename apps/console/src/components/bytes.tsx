import { useLocale } from '../i18n/use-t.ts';
import { formatBytes } from './format.ts';

/** A number of bytes; a dash when it is not known. */
export function Bytes({ value }: { value: number | null | undefined }) {
  const locale = useLocale();
  return (
    <span style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
      {value === null || value === undefined ? '—' : formatBytes(value, locale)}
    </span>
  );
}
