import type { AssignmentLimits } from '@atelier/api';
import { formatLocal, formatMinutes } from '../../components/format.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';

type Field = keyof AssignmentLimits;
const fields: readonly Field[] = [
  'enabled',
  'expiresOn',
  'offlineLimitMinutes',
  'deleteWhen',
  'clipboard',
  'fileTransfer',
  'printing',
  'cdDvd',
];
const isField = (name: string): name is Field => (fields as readonly string[]).includes(name);

/** An assignment's limits in words. */
export function useLimitText(): { title: (field: string) => string; value: (field: string, value: unknown) => string } {
  const t = useT();
  const locale = useLocale();
  const value = (field: string, given: unknown): string => {
    if (typeof given === 'boolean') return t(given ? 'common.yes' : 'common.no');
    if (field === 'expiresOn') return given === null ? t('limits.never') : formatLocal(new Date(String(given)), locale);
    if (field === 'offlineLimitMinutes')
      return given === null ? t('limits.unlimited') : formatMinutes(Number(given), locale);
    if (field === 'clipboard' || field === 'fileTransfer')
      return t(`direction.${given as AssignmentLimits['clipboard']}`);
    if (field === 'deleteWhen') {
      const when = given as AssignmentLimits['deleteWhen'];
      const reasons = (['disabled', 'expired', 'offlineExceeded'] as const)
        .filter((one) => when[one])
        .map((one) => t(`limits.delete_${one}`));
      return reasons.length > 0 ? reasons.join(', ') : t('limits.delete_never');
    }
    return JSON.stringify(given);
  };
  return { title: (field) => (isField(field) ? t(`limits.${field}`) : field), value };
}
