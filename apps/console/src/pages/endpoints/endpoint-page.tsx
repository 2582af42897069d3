import { contract } from '@atelier/api';
import { Skeleton, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { formatBytes } from '../../components/format.ts';
import { JsonView } from '../../components/json-view.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { EventTable } from '../events/event-table.tsx';
import { EndpointStateBadge } from './endpoint-state-badge.tsx';
import { InstanceTable } from './instance-table.tsx';

/** One computer. */
export function EndpointPage({ id, tab }: { id: string; tab: string }) {
  const t = useT();
  const locale = useLocale();
  const [, go] = useLocation();
  const [renaming, { open, close }] = useDisclosure();
  const read = useRead('endpoints', 'get', { params: { id } });
  const form = useFields({ name: '' }, contract.endpoints.rename.body);
  const rename = useAct(
    () => api.endpoints.rename({ params: { id }, body: form.values }, { ifMatch: read.data?.rev }),
    { touches: ['endpoints'], quiet: true, done: t('common.saved') },
  );
  const revoke = useAct(() => api.endpoints.revoke({ params: { id } }), { touches: ['endpoints'], quiet: true });
  const remove = useAct(() => api.endpoints.remove({ params: { id } }), {
    touches: ['endpoints'],
    quiet: true,
    onDone: () => go('/endpoints'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const endpoint = read.data;
  if (!endpoint) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const { name } = endpoint;
  const skew = Math.round(endpoint.clockSkewMs / 1000);
  return (
    <Page
      title={name}
      parent={{ title: t('nav.endpoints'), href: '/endpoints' }}
      about={<EndpointStateBadge state={endpoint.state} />}
      equivalent={{
        cli: [`atelier endpoint show ${name}`, `atelier endpoint revoke ${name}`],
        api: `GET /endpoints/${id}`,
      }}
      actions={
        <>
          <ActionButton
            variant="default"
            needs="endpoint:write"
            onClick={() => {
              form.set('name', name);
              open();
            }}
          >
            {t('common.rename')}
          </ActionButton>
          {endpoint.state === 'revoked' ? (
            <ConfirmButton
              title={t('endpoints.forgetTitle', { name })}
              verb={t('endpoints.forget')}
              act={() => remove.mutateAsync()}
              button={{ needs: 'endpoint:write' }}
            >
              {t('endpoints.forgetText')}
            </ConfirmButton>
          ) : (
            <ConfirmButton
              title={t('endpoints.revokeTitle', { name })}
              verb={t('endpoints.revoke')}
              typeName={name}
              act={() => revoke.mutateAsync()}
              button={{ needs: 'endpoint:write' }}
            >
              {t('endpoints.revokeText')}
            </ConfirmButton>
          )}
        </>
      }
    >
      <div className="card" style={{ padding: 20 }}>
        <Facts
          items={[
            [t('endpoints.os'), endpoint.os],
            [t('endpoints.memory'), formatBytes(endpoint.ramMiB * 1_048_576, locale)],
            [t('endpoints.accelerator'), t(`accelerator.${endpoint.accelerator}`)],
            [t('endpoints.clientVersion'), endpoint.clientVersion],
            [t('endpoints.lastContact'), <Time key="l" at={endpoint.lastContactAt} />],
            [
              t('endpoints.clock'),
              Math.abs(skew) < 5 ? t('endpoints.clockOk') : t('endpoints.clockOff', { seconds: skew }),
            ],
            [t('endpoints.enrolledAt'), <Time key="e" at={endpoint.enrolledAt} />],
          ]}
        />
      </div>
      <RouteTabs
        base={`/endpoints/${id}`}
        tab={tab}
        tabs={[
          { key: 'instances', title: t('workspaces.instances'), content: () => <InstanceTable endpoint={id} /> },
          { key: 'events', title: t('nav.events'), content: () => <EventTable fixed={{ source: name }} /> },
          { key: 'api', title: 'API', content: () => <JsonView value={endpoint} label={`GET /endpoints/${id}`} /> },
        ]}
      />
      <FormModal
        opened={renaming}
        onClose={close}
        title={t('endpoints.renameTitle', { name })}
        verb={t('common.save')}
        submit={async () => form.check() && (await rename.mutateAsync())}
      >
        <TextInput label={t('common.name')} data-autofocus {...form.text('name')} />
      </FormModal>
    </Page>
  );
}
