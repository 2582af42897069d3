import { type CapabilityId, contract, type Image } from '@atelier/api';
import { Group, Stack, Textarea, TextInput } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { ActionButton } from '../../components/action-button.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { CapabilityChecks } from './capability-checks.tsx';
import { ImageEncryption } from './image-encryption.tsx';

/** Description, capabilities and encryption of an image. */
export function ImageSettingsTab({ image }: { image: Image }) {
  const t = useT();
  const may = useMay();
  const on = [{ kind: 'image', id: image.id } as const, { kind: 'image', id: image.name } as const];
  const readOnly = !may('image:write', ...on);
  const form = useFields(
    { description: image.description, os: image.os, capabilities: image.capabilities as CapabilityId[] },
    contract.images.update.body,
  );
  const save = useAct(
    () => api.images.update({ params: { name: image.name }, body: form.values }, { ifMatch: image.rev }),
    {
      done: t('common.saved'),
      touches: ['images'],
      quiet: true,
    },
  );
  return (
    <Stack>
      <form
        className="card"
        style={{ padding: 20 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (form.check()) save.mutate();
        }}
      >
        <Stack maw={760}>
          <TextInput label={t('images.os')} readOnly={readOnly} {...form.text('os')} />
          <Textarea
            label={t('common.description')}
            readOnly={readOnly}
            autosize
            minRows={2}
            {...form.text('description')}
          />
          <CapabilityChecks
            value={form.values.capabilities}
            onChange={(value) => form.set('capabilities', value)}
            disabled={readOnly}
          />
          {save.error !== null && <ProblemAlert error={save.error} />}
          <Group>
            <ActionButton type="submit" needs="image:write" on={on} loading={save.isPending} onClick={() => undefined}>
              {t('common.save')}
            </ActionButton>
          </Group>
        </Stack>
      </form>
      <ImageEncryption image={image} />
    </Stack>
  );
}
