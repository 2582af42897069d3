import { type BrokerSettings, contract } from '@atelier/api';
import { Group, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

function Form({ settings }: { settings: BrokerSettings }) {
  const t = useT();
  const may = useMay();
  const form = useFields<BrokerSettings & Record<string, unknown>>(
    { ...settings },
    contract.broker.changeSettings.body,
  );
  const { values, set } = form;
  useEffect(() => form.setValues({ ...settings }), [settings.address, settings.nla]);
  const save = useAct(() => api.broker.changeSettings({ body: { ...values, address: values.address.trim() } }), {
    touches: ['broker', 'myDesktops'],
    quiet: true,
    done: t('broker.saved'),
  });
  // What is typed while the answer is awaited would be lost to it.
  const fixed = !may('broker:write') || save.isPending;
  const losesHashes = settings.nla && !values.nla;
  return (
    <form
      className="card"
      style={{ padding: 20, maxWidth: 760 }}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!losesHashes && form.check()) save.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t('broker.settingsAddress')}
          description={t('broker.settingsAddressHelp')}
          placeholder="desk.example.org"
          spellCheck={false}
          readOnly={fixed}
          {...form.text('address')}
        />
        <Switch
          label={t('broker.nla')}
          description={t('broker.nlaHelp')}
          checked={values.nla}
          disabled={fixed}
          onChange={(event) => set('nla', event.currentTarget.checked)}
        />
        {settings.address && (
          <Text size="sm" c="dimmed">
            {t('broker.connectWith')} <span className="mono">xfreerdp /v:{settings.address} /u:NAME</span>
          </Text>
        )}
        {save.error !== null && <ProblemAlert error={save.error} />}
        <Group justify="flex-end">
          {losesHashes ? (
            <ConfirmButton
              title={t('broker.nlaOffTitle')}
              verb={t('broker.nlaOffDo')}
              label={t('common.save')}
              act={async () => form.check() && save.mutateAsync()}
              button={{ needs: 'broker:write' }}
            >
              {t('broker.nlaOffText')}
            </ConfirmButton>
          ) : (
            <ActionButton type="submit" needs="broker:write" loading={save.isPending}>
              {t('common.save')}
            </ActionButton>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** What holds for all brokers. */
export function SettingsTab() {
  const t = useT();
  const read = useRead('broker', 'getSettings');
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  return read.data ? <Form settings={read.data} /> : <Skeleton height={180} aria-label={t('common.loading')} />;
}
