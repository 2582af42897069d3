import type { TargetView } from '@atelier/api';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { jobOn } from './job-on.ts';
import { TargetStateBadge } from './target-state-badge.tsx';

/** How a target is, why, and since when; the job of a plug-in that holds it is one link away. */
export function TargetState({ target }: { target: TargetView }) {
  const t = useT();
  const job = jobOn(target);
  return (
    <div>
      <TargetStateBadge target={target} />
      {job ? (
        <Text size="sm">
          <Anchor component={Link} href={`/tasks/${job}`} aria-label={`${t('targets.job')} (${target.name})`}>
            {t('targets.job')}
          </Anchor>
        </Text>
      ) : (
        target.stateDetail && (
          <Text size="sm" c="dimmed">
            {target.stateDetail}
          </Text>
        )
      )}
      {target.failingSince && (
        <Text size="sm" c="dimmed">
          {t('targets.failingSince')} <Time at={target.failingSince} ago />
        </Text>
      )}
      {target.hostSilentSince && (
        <Text size="sm" c="dimmed">
          {t('targets.hostSilentSince')} <Time at={target.hostSilentSince} ago />
        </Text>
      )}
    </div>
  );
}
