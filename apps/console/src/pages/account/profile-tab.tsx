import { Button, Group, PasswordInput, SimpleGrid, Stack } from '@mantine/core';
import { api } from '../../api/client.ts';
import { useMe } from '../../api/me.tsx';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Who one is, what one may do, and one's password. */
export function ProfileTab() {
  const t = useT();
  const me = useMe();
  const form = useFields({ current: '', next: '' });
  const change = useAct(() => api.sessions.changePassword({ body: form.values }), {
    done: t('account.passwordChanged'),
    quiet: true,
    onDone: () => form.setValues({ current: '', next: '' }),
  });
  const toggle = { visibilityToggleButtonProps: { 'aria-label': t('signIn.showPassword') } };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Panel title={t('account.you')}>
        <Facts
          items={[
            [t('signIn.name'), me.user.name],
            [t('people.displayName'), me.user.displayName],
            [
              t('people.roles'),
              me.bindings.length === 0
                ? t('account.noRoles')
                : me.bindings.map((one) => t(`role.${one.role}`)).join(', '),
            ],
          ]}
        />
        <Group gap={4} mt="md" aria-label={t('people.permissions')}>
          {me.permissions.map((permission) => (
            <span key={permission} className="tag mono">
              {permission}
            </span>
          ))}
        </Group>
      </Panel>
      <Panel title={t('account.changePassword')}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate();
          }}
        >
          <Stack>
            <PasswordInput
              label={t('account.current')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              {...toggle}
              {...form.text('current')}
            />
            <PasswordInput
              label={t('people.newPassword')}
              description={t('setup.passwordHelp')}
              autoComplete="new-password"
              required
              withAsterisk={false}
              {...toggle}
              {...form.text('next')}
            />
            {change.error !== null && <ProblemAlert error={change.error} />}
            <Group>
              <Button type="submit" loading={change.isPending}>
                {t('account.changePassword')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
    </SimpleGrid>
  );
}
