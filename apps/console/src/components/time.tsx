import { Tooltip } from '@mantine/core';
import { useLocale } from '../i18n/use-t.ts';
import { formatAgo, formatLocal, formatUtc } from './format.ts';

/** A moment in local time, with UTC and how long ago on hover or focus. */
export function Time({ at, ago = false }: { at: string | null | undefined; ago?: boolean }) {
  const locale = useLocale();
  if (!at) return <>—</>;
  const date = new Date(at);
  const since = formatAgo(date, new Date(), locale);
  const local = formatLocal(date, locale);
  return (
    <Tooltip label={`${formatUtc(date)} · ${ago ? local : since}`}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {ago ? since : local}
      </time>
    </Tooltip>
  );
}
