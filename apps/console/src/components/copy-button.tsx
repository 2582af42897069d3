import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useT } from '../i18n/use-t.ts';
import { Icon } from './icon.tsx';

/** Copies `text`; says so to eyes and screen readers. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useT();
  const clipboard = useClipboard({ timeout: 2000 });
  const name = clipboard.copied ? t('common.copied') : (label ?? t('common.copy'));
  return (
    <Tooltip label={name}>
      <ActionIcon size="md" onClick={() => clipboard.copy(text)} aria-label={name}>
        <Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
