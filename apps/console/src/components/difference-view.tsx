import { Text } from '@mantine/core';
import { useT } from '../i18n/use-t.ts';
import type { Difference } from './difference.ts';

const show = (value: unknown) =>
  value === undefined || value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value);

/** Old and new, field by field. */
export function DifferenceView({ items }: { items: readonly Difference[] }) {
  const t = useT();
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('common.noDifference')}
      </Text>
    );
  return (
    <dl className="difference">
      {items.map((one) => (
        <div key={one.path}>
          <dt className="mono">{one.path}</dt>
          <dd>
            <del>
              <span className="visually-hidden">{t('common.before')}: </span>
              {show(one.before)}
            </del>
            <ins>
              <span className="visually-hidden">{t('common.after')}: </span>
              {show(one.after)}
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
