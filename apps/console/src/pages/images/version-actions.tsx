import { type Image, type ImageVersion, nextVersionState } from '@atelier/api';
import { Group } from '@mantine/core';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';
import { useTaskStarted } from '../tasks/use-task-started.ts';
import { ContinueUpload } from './continue-upload.tsx';
import { PromoteButton } from './promote-button.tsx';

/** The buttons of a version: the next step first; `compact` shows only that step. What the state forbids says why. */
export function VersionActions({
  image,
  version,
  compact = false,
}: {
  image: Image;
  version: ImageVersion;
  compact?: boolean;
}) {
  const t = useT();
  const [, go] = useLocation();
  const started = useTaskStarted();
  const params = { name: image.name, number: version.number };
  const on = [{ kind: 'image', id: image.id } as const, { kind: 'image', id: image.name } as const];
  const task = { touches: ['images', 'tasks'], onDone: started };
  const pack = useAct(() => api.images.pack({ params }), task);
  const push = useAct(() => api.images.push({ params }), task);
  const retire = useAct(() => api.images.retire({ params }), { touches: ['images'], quiet: true });
  const restore = useAct(() => api.images.restore({ params }), { touches: ['images'] });
  const remove = useAct(() => api.images.removeVersion({ params }), {
    touches: ['images'],
    quiet: true,
    done: t('images.versionDeleted', { version: version.number }),
  });
  const test = useAct(() => api.images.startTest({ params }), { onDone: (run) => go(`/image-tests/${run.id}`) });

  const can = (action: Parameters<typeof nextVersionState>[1]) => nextVersionState(version.state, action) !== null;
  const whole = version.state !== 'draft' || version.receivedBytes >= version.uploadBytes;
  const why = (action: Parameters<typeof nextVersionState>[1]) =>
    can(action) ? null : t('images.notInState', { state: t(`versionState.${version.state}`) });
  const size = compact ? ('xs' as const) : ('sm' as const);
  const name = `${image.name} v${version.number}`;
  const label = (verb: string) => (compact ? { 'aria-label': `${verb} ${name}` } : {});

  const steps = {
    upload: version.state === 'draft' && <ContinueUpload key="u" image={image.name} version={version} size={size} />,
    pack: (can('pack') || !compact) && (
      <ActionButton
        key="pack"
        size={size}
        variant={can('pack') ? 'filled' : 'default'}
        needs="image:write"
        on={on}
        blocked={why('pack') ?? (whole ? null : t('images.notUploaded'))}
        loading={pack.isPending}
        onClick={() => pack.mutate()}
        {...label(t('images.pack'))}
      >
        {version.state === 'failed' ? t('images.packAgain') : t('images.pack')}
      </ActionButton>
    ),
    push: (can('push') || !compact) && (
      <ActionButton
        key="push"
        size={size}
        variant={can('push') ? 'filled' : 'default'}
        needs="image:publish"
        on={on}
        blocked={why('push')}
        loading={push.isPending}
        onClick={() => push.mutate()}
        {...label(t('images.push'))}
      >
        {t('images.push')}
      </ActionButton>
    ),
    promote: (version.state === 'available' || !compact) && (
      <PromoteButton key="promote" image={image} version={version} size={size} />
    ),
  };
  if (compact)
    return (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {Object.values(steps)}
      </Group>
    );
  return (
    <Group gap="xs">
      {Object.values(steps)}
      <ActionButton
        variant="default"
        needs="image:write"
        on={on}
        blocked={
          ['packed', 'uploading', 'available', 'retired'].includes(version.state) ? null : t('images.testNeedsPacked')
        }
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        {t('images.test')}
      </ActionButton>
      {version.state === 'retired' ? (
        <ActionButton
          variant="default"
          needs="image:publish"
          on={on}
          loading={restore.isPending}
          onClick={() => restore.mutate()}
        >
          {t('images.restore')}
        </ActionButton>
      ) : (
        <ConfirmButton
          title={t('images.retireTitle', { name })}
          verb={t('images.retire')}
          color="ink"
          act={() => retire.mutateAsync()}
          button={{
            needs: 'image:publish',
            on,
            blocked:
              why('retire') ??
              (version.channels.length > 0 && t('images.inChannel', { channels: version.channels.join(', ') })),
          }}
        >
          {t('images.retireText')}
        </ConfirmButton>
      )}
      <ConfirmButton
        title={t('images.versionDeleteTitle', { name })}
        verb={t('common.delete')}
        act={() => remove.mutateAsync()}
        button={{
          needs: 'image:write',
          on,
          blocked:
            version.state === 'available'
              ? t('images.retireFirst')
              : can('delete') || version.state === 'packed'
                ? null
                : why('delete'),
        }}
      >
        {t('images.versionDeleteText', { name })}
      </ConfirmButton>
    </Group>
  );
}
