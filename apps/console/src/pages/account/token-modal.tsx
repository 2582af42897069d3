import { contract, type Permission, permissions } from '@atelier/api';
import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMe } from '../../api/me.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Makes an API token; its secret is shown once, here. */
export function TokenModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const form = useFields(
    { name: '', scopes: [] as Permission[], expiresInDays: 90 as number | null },
    contract.sessions.createToken.body,
  );
  const make = useAct(() => api.sessions.createToken({ body: form.values }), { touches: ['sessions'], quiet: true });
  const close = () => {
    make.reset();
    form.setValues({ name: '', scopes: [], expiresInDays: 90 });
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<Text fw={600}>{t('tokens.new')}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {make.data ? (
        <Stack aria-live="polite">
          <Text size="sm">{t('tokens.once')}</Text>
          <CommandLine text={make.data.secret} label={t('tokens.copy')} />
          <Group justify="flex-end">
            <Button onClick={close}>{t('common.done')}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (form.check()) make.mutate();
          }}
        >
          <Stack>
            <TextInput
              label={t('common.name')}
              description={t('tokens.nameHelp')}
              data-autofocus
              {...form.text('name')}
            />
            <MultiSelect
              label={t('people.permissions')}
              description={t('tokens.scopesHelp')}
              data={permissions.filter((one) => me.permissions.includes(one))}
              value={form.values.scopes}
              onChange={(next) => form.set('scopes', next as Permission[])}
              error={form.errors.scopes}
              searchable
              clearable
              clearButtonProps={{ 'aria-label': t('common.clear') }}
            />
            <Select
              label={t('tokens.expires')}
              data={[
                ...[7, 30, 90, 365].map((days) => ({ value: String(days), label: t('events.days', { count: days }) })),
                { value: 'never', label: t('limits.never') },
              ]}
              value={form.values.expiresInDays === null ? 'never' : String(form.values.expiresInDays)}
              onChange={(value) => value && form.set('expiresInDays', value === 'never' ? null : Number(value))}
              allowDeselect={false}
            />
            {make.error !== null && <ProblemAlert error={make.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('common.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
