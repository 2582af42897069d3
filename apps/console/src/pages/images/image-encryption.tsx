import type { Image } from '@atelier/api';
import { Text } from '@mantine/core';
import { api } from '../../api/client.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** Whether an image's versions are encrypted in the repository, with which key, and a new key for those to come. */
export function ImageEncryption({ image }: { image: Image }) {
  const t = useT();
  const on = [{ kind: 'image', id: image.id } as const, { kind: 'image', id: image.name } as const];
  const rotate = useAct(() => api.images.rotateKey({ params: { name: image.name } }), {
    touches: ['images'],
    done: t('images.keyRotated'),
    quiet: true,
  });
  const { encryption } = image;
  return (
    <Panel
      title={t('images.encryption')}
      side={
        encryption && (
          <ConfirmButton
            title={t('images.rotateTitle', { name: image.name })}
            verb={t('images.rotate')}
            color="ink"
            act={() => rotate.mutateAsync()}
            button={{ size: 'xs', needs: 'image:publish', on }}
          >
            {t('images.rotateText')}
          </ConfirmButton>
        )
      }
    >
      {encryption ? (
        <Facts
          items={[
            [
              t('images.key'),
              <span key="k" className="mono">
                {encryption.keyId}
              </span>,
            ],
            [t('images.keySince'), <Time key="s" at={encryption.since} />],
            [t('images.keys'), encryption.keys],
          ]}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t('images.notEncrypted')}
        </Text>
      )}
    </Panel>
  );
}
