import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import type { ReactNode } from 'react';

/** A short message in the corner, which goes by itself; errors stay longer. */
export function toast(message: ReactNode, tone: 'good' | 'busy' | 'bad' = 'good', title?: string): void {
  notifications.show({
    title,
    message,
    color: `var(--tone-${tone})`,
    autoClose: tone === 'bad' ? 12_000 : 4000,
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
  });
}
