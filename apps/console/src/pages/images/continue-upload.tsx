import type { ImageVersion } from '@atelier/api';
import { FileButton } from '@mantine/core';
import { ActionButton } from '../../components/action-button.tsx';
import { useT } from '../../i18n/use-t.ts';
import { startUpload, useUploads } from './uploads.ts';

/** Goes on with an interrupted upload: the same file is chosen again, only what is missing is sent. */
export function ContinueUpload({ image, version, size }: { image: string; version: ImageVersion; size: 'xs' | 'sm' }) {
  const t = useT();
  const running = useUploads().some((one) => one.image === image && one.version === version.number);
  if (running) return null;
  return (
    <FileButton onChange={(file) => file && startUpload(image, version.number, file)}>
      {({ onClick }) => (
        <ActionButton size={size} variant="default" needs="image:write" onClick={onClick}>
          {t('images.continueUpload')}
        </ActionButton>
      )}
    </FileButton>
  );
}
