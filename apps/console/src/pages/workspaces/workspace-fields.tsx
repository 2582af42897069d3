import { SegmentedControl, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useRead } from '../../api/query.ts';
import { ObjectSelect } from '../../components/object-select.tsx';
import type { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

export type WorkspaceValues = {
  name: string;
  description: string;
  supportContact: string;
  type: 'persistent' | 'revertible';
  image: string;
  channel: string | null;
  pinnedVersion: number | null;
  enabled: boolean;
};
type Form = ReturnType<typeof useFields<WorkspaceValues>>;

/** What a workspace is made of, apart from its policy. */
export function ImageFields({ form, readOnly = false }: { form: Form; readOnly?: boolean }) {
  const t = useT();
  const { values } = form;
  const image = useRead('images', 'get', { params: { name: values.image || 'x' } }, { enabled: values.image !== '' });
  const versions = useRead(
    'images',
    'listVersions',
    { params: { name: values.image || 'x' }, query: { limit: 100 } },
    { enabled: values.image !== '' },
  );
  const pinned = values.pinnedVersion !== null;
  const available = (versions.data?.items ?? []).filter((version) => version.state === 'available');
  const channels = [...new Set([...(image.data?.channels.map((one) => one.name) ?? []), values.channel ?? 'stable'])];
  return (
    <Stack>
      {readOnly ? (
        <TextInput label={t('workspaces.image')} value={values.image} readOnly />
      ) : (
        <ObjectSelect
          source="image"
          label={t('workspaces.image')}
          description={t('workspaces.imageHelp')}
          value={values.image || null}
          onChange={(name) => form.setValues({ ...values, image: name ?? '', channel: 'stable', pinnedVersion: null })}
          error={form.errors.image}
        />
      )}
      <div>
        <Text size="sm" fw={600} id="follow-label">
          {t('workspaces.follow')}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t('workspaces.followHelp')}
        </Text>
        <SegmentedControl
          aria-labelledby="follow-label"
          disabled={readOnly}
          value={pinned ? 'pinned' : 'channel'}
          onChange={(next) =>
            form.setValues(
              next === 'pinned'
                ? { ...values, channel: null, pinnedVersion: available[0]?.number ?? image.data?.latestVersion ?? 1 }
                : { ...values, channel: channels[0] ?? 'stable', pinnedVersion: null },
            )
          }
          data={[
            { value: 'channel', label: t('workspaces.followChannel') },
            { value: 'pinned', label: t('workspaces.followPinned') },
          ]}
        />
      </div>
      {pinned ? (
        <Select
          label={t('workspaces.pinned')}
          readOnly={readOnly}
          data={[...new Set([...available.map((version) => version.number), values.pinnedVersion!])].map((n) => ({
            value: String(n),
            label: `v${n}`,
          }))}
          value={String(values.pinnedVersion)}
          onChange={(value) => value && form.set('pinnedVersion', Number(value))}
          allowDeselect={false}
          error={form.errors.pinnedVersion}
        />
      ) : (
        <Select
          label={t('images.channel')}
          readOnly={readOnly}
          data={channels}
          value={values.channel}
          onChange={(value) => value && form.set('channel', value)}
          allowDeselect={false}
          error={form.errors.channel}
        />
      )}
      <div>
        <Text size="sm" fw={600} id="type-label">
          {t('workspaces.type')}
        </Text>
        <SegmentedControl
          aria-labelledby="type-label"
          disabled={readOnly}
          value={values.type}
          onChange={(value) => form.set('type', value as WorkspaceValues['type'])}
          data={(['persistent', 'revertible'] as const).map((value) => ({ value, label: t(`workspaceType.${value}`) }))}
        />
        <Text size="xs" c="dimmed" mt={6}>
          {t(`workspaceTypeText.${values.type}`)}
        </Text>
      </div>
    </Stack>
  );
}

/** Name and words for people. */
export function NameFields({ form, readOnly = false }: { form: Form; readOnly?: boolean }) {
  const t = useT();
  return (
    <Stack>
      <TextInput
        label={t('common.name')}
        description={t('workspaces.nameHelp')}
        readOnly={readOnly}
        {...form.text('name')}
      />
      <Textarea
        label={t('common.description')}
        description={t('workspaces.descriptionHelp')}
        readOnly={readOnly}
        autosize
        minRows={2}
        {...form.text('description')}
      />
      <TextInput
        label={t('workspaces.support')}
        description={t('workspaces.supportHelp')}
        readOnly={readOnly}
        {...form.text('supportContact')}
      />
      <Switch
        label={t('workspaces.enabled')}
        description={t('workspaces.enabledHelp')}
        disabled={readOnly}
        checked={form.values.enabled}
        onChange={(event) => form.set('enabled', event.currentTarget.checked)}
      />
    </Stack>
  );
}
