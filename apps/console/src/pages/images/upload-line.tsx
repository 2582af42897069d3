import { Button, Progress, Text } from '@mantine/core';
import { Link } from 'wouter';
import { problemOf } from '../../api/problem.ts';
import { formatBytes, formatSeconds } from '../../components/format.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { stopUpload, type Upload } from './uploads.ts';

/** One running upload: how far, how fast, how long, stop. */
export function UploadLine({ upload }: { upload: Upload }) {
  const t = useT();
  const locale = useLocale();
  const share = upload.total === 0 ? 0 : (upload.sent / upload.total) * 100;
  const left = upload.rate > 0 ? formatSeconds((upload.total - upload.sent) / upload.rate) : '…';
  const state =
    upload.state === 'failed'
      ? problemOf(upload.error).title
      : upload.state === 'waiting'
        ? t('images.uploadWaiting')
        : t('images.uploadState', {
            sent: formatBytes(upload.sent, locale),
            total: formatBytes(upload.total, locale),
            rate: formatBytes(upload.rate, locale),
            left,
          });
  return (
    <div style={{ flex: 1, minWidth: 0 }}>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: 12, alignItems: 'center' }}>
        <Link href={`/images/${upload.image}`}>
          {upload.image} v{upload.version}
        </Link>
        <Text
          size="sm"
          c={upload.state === 'failed' ? 'var(--tone-bad)' : 'dimmed'}
          style={{ flex: 1 }}
          aria-live="polite"
        >
          {state}
        </Text>
        <Button size="compact-xs" variant="default" onClick={() => stopUpload(upload.key)}>
          {t(upload.state === 'failed' ? 'common.close' : 'images.uploadStop')}
        </Button>
      </div>
      <Progress
        value={share}
        size="sm"
        mt={6}
        aria-label={t('images.uploading', { name: upload.fileName })}
        color={upload.state === 'failed' ? 'red' : undefined}
      />
    </div>
  );
}
