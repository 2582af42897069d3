import { contract } from '@atelier/api';
import { Anchor, Group, PasswordInput, Skeleton, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useMe } from '../../api/me.tsx';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** One person. */
export function UserPage({ id }: { id: string }) {
  const t = useT();
  const me = useMe();
  const [, go] = useLocation();
  const [editing, edit] = useDisclosure();
  const [setting, set] = useDisclosure();
  const read = useRead('people', 'getUser', { params: { id } });
  const form = useFields({ displayName: '', email: '' }, contract.people.updateUser.body);
  const secret = useFields({ password: '' }, contract.people.setUserPassword.body);
  const done = { touches: ['people'], quiet: true, done: t('common.saved') };
  const update = useAct(
    (body: { displayName?: string; email?: string | null; disabled?: boolean }) =>
      api.people.updateUser({ params: { id }, body }, { ifMatch: read.data?.rev }),
    done,
  );
  const password = useAct(() => api.people.setUserPassword({ params: { id }, body: secret.values }), done);
  const remove = useAct(() => api.people.deleteUser({ params: { id } }), {
    touches: ['people'],
    quiet: true,
    onDone: () => go('/people/users'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const user = read.data;
  if (!user) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const self = user.id === me.user.id && t('people.notYourself');
  return (
    <Page
      title={user.displayName || user.name}
      parent={{ title: t('people.users'), href: '/people/users' }}
      equivalent={{ cli: [`atelier user show ${user.name}`], api: `GET /users/${id}` }}
      actions={
        <>
          <ActionButton
            variant="default"
            needs="people:write"
            onClick={() => {
              form.setValues({ displayName: user.displayName, email: user.email ?? '' });
              edit.open();
            }}
          >
            {t('common.edit')}
          </ActionButton>
          <ActionButton
            variant="default"
            needs="people:write"
            onClick={() => {
              secret.setValues({ password: '' });
              set.open();
            }}
          >
            {t('people.setPassword')}
          </ActionButton>
          {user.disabled ? (
            <ActionButton
              variant="default"
              needs="people:write"
              loading={update.isPending}
              onClick={() => update.mutate({ disabled: false })}
            >
              {t('people.enable')}
            </ActionButton>
          ) : (
            <ConfirmButton
              title={t('people.disableTitle', { name: user.name })}
              verb={t('people.disable')}
              act={() => update.mutateAsync({ disabled: true })}
              button={{ needs: 'people:write', blocked: self }}
            >
              {t('people.disableText')}
            </ConfirmButton>
          )}
          <ConfirmButton
            title={t('people.deleteUserTitle', { name: user.name })}
            verb={t('common.delete')}
            typeName={user.name}
            act={() => remove.mutateAsync()}
            button={{ needs: 'people:write', blocked: self }}
          >
            {t('people.deleteUserText')}
          </ConfirmButton>
        </>
      }
    >
      <div className="card" style={{ padding: 20 }}>
        <Facts
          items={[
            [t('signIn.name'), user.name],
            [t('people.email'), user.email],
            [
              t('common.state'),
              <StateBadge key="s" tone={user.disabled ? 'idle' : 'good'}>
                {t(user.disabled ? 'common.disabled' : 'common.enabled')}
              </StateBadge>,
            ],
            [t('people.lastSignIn'), <Time key="l" at={user.lastSignInAt} />],
            [t('common.created'), <Time key="c" at={user.createdAt} />],
          ]}
        />
      </div>
      <Panel title={t('people.groups')}>
        <Group gap="xs">
          {user.groups.length === 0 && t('people.noGroups')}
          {user.groups.map((group) => (
            <span key={group.id} className="tag">
              <Anchor component={Link} href={`/people/groups/${group.id}`} size="sm">
                {group.name}
              </Anchor>
              {!group.direct && <span>· {t('people.nested')}</span>}
            </span>
          ))}
        </Group>
      </Panel>
      <FormModal
        opened={editing}
        onClose={edit.close}
        title={t('people.editUser', { name: user.name })}
        verb={t('common.save')}
        onFieldErrors={form.setErrors}
        submit={async () => {
          const body = { displayName: form.values.displayName, email: form.values.email || null };
          return form.check(body) && (await update.mutateAsync(body));
        }}
      >
        <Stack>
          <TextInput label={t('people.displayName')} data-autofocus {...form.text('displayName')} />
          <TextInput label={t('people.email')} type="email" {...form.text('email')} />
        </Stack>
      </FormModal>
      <FormModal
        opened={setting}
        onClose={set.close}
        title={t('people.setPasswordTitle', { name: user.name })}
        verb={t('people.setPassword')}
        onFieldErrors={secret.setErrors}
        submit={async () => secret.check() && password.mutateAsync()}
      >
        <PasswordInput
          label={t('people.newPassword')}
          description={t('people.setPasswordHelp')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          data-autofocus
          {...secret.text('password')}
        />
      </FormModal>
    </Page>
  );
}
