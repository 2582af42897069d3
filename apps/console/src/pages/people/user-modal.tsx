import { contract } from '@atelier/api';
import { PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { toast } from '../../components/toast.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

const empty = { name: '', displayName: '', email: '', password: '' };

/** Makes a user. */
export function UserModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const form = useFields(empty, contract.people.createUser.body);
  useEffect(() => {
    if (opened) form.setValues(empty);
  }, [opened]);
  const submit = async () => {
    const { name, displayName, email, password } = form.values;
    const body = { name, displayName, email: email || null, password: password || null };
    if (!form.check(body)) return false;
    await api.people.createUser({ body });
    await queries.invalidateQueries({ queryKey: ['people'] });
    toast(t('people.userCreated', { name }));
    return true;
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={t('people.newUser')}
      verb={t('common.create')}
      submit={submit}
      onFieldErrors={form.setErrors}
    >
      <TextInput
        label={t('signIn.name')}
        description={t('people.nameHelp')}
        autoComplete="off"
        data-autofocus
        {...form.text('name')}
      />
      <TextInput label={t('people.displayName')} autoComplete="off" {...form.text('displayName')} />
      <TextInput label={t('people.email')} type="email" autoComplete="off" {...form.text('email')} />
      <PasswordInput
        label={t('signIn.password')}
        description={t('people.passwordHelp')}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
        {...form.text('password')}
      />
    </FormModal>
  );
}
