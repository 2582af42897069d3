import { contract } from '@atelier/api';
import { Skeleton, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { GroupMembers } from './group-members.tsx';

/** One group with its members. */
export function GroupPage({ id }: { id: string }) {
  const t = useT();
  const [, go] = useLocation();
  const [editing, { open, close }] = useDisclosure();
  const read = useRead('people', 'getGroup', { params: { id } });
  const form = useFields({ name: '', description: '' }, contract.people.updateGroup.body);
  const update = useAct(
    () => api.people.updateGroup({ params: { id }, body: form.values }, { ifMatch: read.data?.rev }),
    { touches: ['people'], quiet: true, done: t('common.saved') },
  );
  const remove = useAct(() => api.people.deleteGroup({ params: { id } }), {
    touches: ['people'],
    quiet: true,
    onDone: () => go('/people/groups'),
  });
  if (read.error !== null) return <ProblemAlert error={read.error} retry={() => read.refetch()} />;
  const group = read.data;
  if (!group) return <Skeleton height={260} radius="lg" aria-label={t('common.loading')} />;
  const blocked = group.builtIn && t('people.builtInWhy');
  return (
    <Page
      title={group.name}
      parent={{ title: t('people.groups'), href: '/people/groups' }}
      about={group.description}
      equivalent={{
        cli: [`atelier group members ${group.name}`, `atelier group add ${group.name} --user NAME`],
        api: `GET /groups/${id}/members`,
      }}
      actions={
        <>
          <ActionButton
            variant="default"
            needs="people:write"
            blocked={blocked}
            onClick={() => {
              form.setValues({ name: group.name, description: group.description });
              open();
            }}
          >
            {t('common.edit')}
          </ActionButton>
          <ConfirmButton
            title={t('people.deleteGroupTitle', { name: group.name })}
            verb={t('common.delete')}
            typeName={group.name}
            act={() => remove.mutateAsync()}
            button={{ needs: 'people:write', blocked }}
          >
            {t('people.deleteGroupText', { count: group.memberCount })}
          </ConfirmButton>
        </>
      }
    >
      <GroupMembers group={group} />
      <FormModal
        opened={editing}
        onClose={close}
        title={t('people.editGroup', { name: group.name })}
        verb={t('common.save')}
        onFieldErrors={form.setErrors}
        submit={async () => form.check() && (await update.mutateAsync())}
      >
        <TextInput label={t('common.name')} data-autofocus {...form.text('name')} />
        <TextInput label={t('common.description')} {...form.text('description')} />
      </FormModal>
    </Page>
  );
}
