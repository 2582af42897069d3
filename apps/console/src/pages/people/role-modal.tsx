import { type Role, roleSchema, type Scope } from '@atelier/api';
import { SegmentedControl, Select, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useRead } from '../../api/query.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { ObjectSelect } from '../../components/object-select.tsx';
import { useT } from '../../i18n/use-t.ts';

/** Gives a user or group a role, everywhere or for one image, workspace or collection. */
export function RoleModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [kind, setKind] = useState<'user' | 'group'>('user');
  const [who, setWho] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('helpdesk');
  const [scope, setScope] = useState<'all' | 'workspace' | 'image' | 'collection'>('all');
  const [object, setObject] = useState<string | null>(null);
  const workspace = useRead(
    'workspaces',
    'get',
    { params: { id: object ?? '-' } },
    { enabled: scope === 'workspace' && object !== null },
  );
  const image = useRead(
    'images',
    'get',
    { params: { name: object ?? '-' } },
    { enabled: scope === 'image' && object !== null },
  );
  const submit = async () => {
    const ids = { all: null, workspace: workspace.data?.id, image: image.data?.id, collection: object ?? undefined };
    const id = ids[scope];
    if (!who || id === undefined) return false;
    const where: Scope = { kind: scope, id };
    await api.people.createRoleBinding({ body: { principal: { kind, id: who }, role, scope: where } });
    await Promise.all(['people', 'sessions'].map((root) => queries.invalidateQueries({ queryKey: [root] })));
    setWho(null);
    return true;
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={t('people.giveRole')}
      verb={t('people.giveRole')}
      submit={submit}
    >
      <SegmentedControl
        aria-label={t('people.who')}
        value={kind}
        onChange={(next) => {
          setKind(next as typeof kind);
          setWho(null);
        }}
        data={[
          { value: 'user', label: t('people.user') },
          { value: 'group', label: t('people.group') },
        ]}
      />
      <ObjectSelect key={kind} source={kind} label={t(`people.${kind}`)} value={who} onChange={setWho} />
      <Select
        label={t('people.role')}
        data={roleSchema.options.map((one) => ({ value: one, label: t(`role.${one}`) }))}
        value={role}
        onChange={(next) => next && setRole(next as Role)}
        allowDeselect={false}
      />
      <Text size="sm" c="dimmed">
        {t(`roleText.${role}`)}
      </Text>
      <Select
        label={t('people.scope')}
        data={[
          { value: 'all', label: t('people.everywhere') },
          { value: 'workspace', label: t('people.oneWorkspace') },
          { value: 'image', label: t('people.oneImage') },
          { value: 'collection', label: t('people.oneCollection') },
        ]}
        value={scope}
        onChange={(next) => {
          setScope((next as typeof scope) ?? 'all');
          setObject(null);
        }}
        allowDeselect={false}
      />
      {scope !== 'all' && (
        <ObjectSelect key={scope} source={scope} label={t(`palette.${scope}`)} value={object} onChange={setObject} />
      )}
    </FormModal>
  );
}
