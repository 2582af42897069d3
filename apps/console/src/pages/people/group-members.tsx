import type { Group as GroupView } from '@atelier/api';
import { Anchor, Group, SegmentedControl, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client.ts';
import { usePages } from '../../api/query.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/empty.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { Icon } from '../../components/icon.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** Direct members of a group: users and groups. */
export function GroupMembers({ group }: { group: GroupView }) {
  const t = useT();
  const [adding, { open, close }] = useDisclosure();
  const [kind, setKind] = useState<'user' | 'group'>('user');
  const [chosen, setChosen] = useState<string | null>(null);
  const pages = usePages('people', 'listMembers', { params: { id: group.id } });
  const touches = { touches: ['people'], quiet: true };
  const add = useAct(() => api.people.addMember({ params: { id: group.id, kind, memberId: chosen! } }), touches);
  const remove = useAct(
    (member: { kind: 'user' | 'group'; id: string }) =>
      api.people.removeMember({ params: { id: group.id, kind: member.kind, memberId: member.id } }),
    touches,
  );
  const blocked = group.builtIn && t('people.builtInWhy');
  const button = (
    <ActionButton
      needs="people:write"
      blocked={blocked}
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => {
        setChosen(null);
        open();
      }}
    >
      {t('people.addMember')}
    </ActionButton>
  );
  return (
    <>
      <Group justify="space-between">
        <Text fw={560}>{t('people.members')}</Text>
        {button}
      </Group>
      <DataTable
        pages={pages}
        rowKey={(member) => member.id}
        caption={t('people.members')}
        empty={
          <Empty icon="group" title={t('people.noMembers')}>
            {group.builtIn ? t('people.everyoneText') : t('people.noMembersText')}
          </Empty>
        }
        columns={[
          {
            title: t('people.member'),
            cell: (member) => (
              <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                <Icon name={member.kind} size={16} />
                <Anchor component={Link} href={`/people/${member.kind}s/${member.id}`}>
                  {member.name}
                </Anchor>
              </span>
            ),
          },
          { title: t('people.kind'), cell: (member) => t(`people.${member.kind}`) },
          {
            title: '',
            align: 'right',
            cell: (member) => (
              <ConfirmButton
                title={t('people.removeMemberTitle', { member: member.name, group: group.name })}
                verb={t('common.remove')}
                act={() => remove.mutateAsync(member)}
                button={{
                  size: 'xs',
                  needs: 'people:write',
                  blocked,
                  'aria-label': `${t('common.remove')} ${member.name}`,
                }}
              >
                {t('people.removeMemberText')}
              </ConfirmButton>
            ),
          },
        ]}
      />
      <FormModal
        opened={adding}
        onClose={close}
        title={t('people.addMemberTo', { group: group.name })}
        verb={t('people.addMember')}
        submit={async () => chosen !== null && add.mutateAsync()}
      >
        <SegmentedControl
          aria-label={t('people.kind')}
          value={kind}
          onChange={(next) => {
            setKind(next as typeof kind);
            setChosen(null);
          }}
          data={[
            { value: 'user', label: t('people.user') },
            { value: 'group', label: t('people.group') },
          ]}
        />
        <ObjectSelect key={kind} source={kind} label={t(`people.${kind}`)} value={chosen} onChange={setChosen} />
      </FormModal>
    </>
  );
}
