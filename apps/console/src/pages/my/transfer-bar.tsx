import type { Transfer } from '@atelier/api';
import { Text } from '@mantine/core';
import { formatBytes, formatSeconds } from '../../components/format.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';

const sources = ['previous', 'interrupted', 'host', 'media', 'peer', 'network', 'zero'] as const;

/** A transfer by source as one stacked bar, with rate and time left. */
export function TransferBar({ transfer, small = false }: { transfer: Transfer; small?: boolean }) {
  const t = useT();
  const locale = useLocale();
  const share = transfer.bytesTotal === 0 ? 1 : transfer.bytesDone / transfer.bytesTotal;
  const percent = Math.floor(share * 100);
  const left = transfer.secondsLeft === null ? '' : ` · ${t('my.left', { time: formatSeconds(transfer.secondsLeft) })}`;
  const { waiting } = transfer;
  const rate =
    transfer.state !== 'running'
      ? ''
      : waiting
        ? ` · ${t(`my.waits_${waiting.because}`)}`
        : ` · ${formatBytes(transfer.bytesPerSecond, locale)}/s${left}`;
  return (
    <div className="transfer">
      <div
        className="transfer-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-label={t('my.transferOf', { version: transfer.version })}
        style={small ? { height: 6 } : undefined}
      >
        {sources.map((source) => (
          <span
            key={source}
            data-source={source}
            style={{ width: `${(transfer.bySource[source] / Math.max(transfer.bytesTotal, 1)) * 100}%` }}
          />
        ))}
      </div>
      <Text size={small ? 'xs' : 'sm'} c="dimmed">
        {percent} % · {formatBytes(transfer.bytesDone, locale)} / {formatBytes(transfer.bytesTotal, locale)}
        {rate}
      </Text>
      {!small && (
        <ul className="transfer-legend">
          {sources
            .filter((source) => transfer.bySource[source] > 0)
            .map((source) => (
              <li key={source}>
                <span data-source={source} aria-hidden="true" />
                {t(`my.source_${source}`)} <b>{formatBytes(transfer.bySource[source], locale)}</b>
              </li>
            ))}
          <li>
            {t('my.wire')} <b>{formatBytes(transfer.wireBytes, locale)}</b>
          </li>
        </ul>
      )}
      {transfer.error && (
        <Text size="sm" c="var(--tone-bad)">
          {transfer.error}
        </Text>
      )}
    </div>
  );
}
