import { type EnvironmentSecret, type EnvironmentView, environmentSecrets, isEnvironmentDriver } from '@atelier/api';
import { PasswordInput, Select, Text, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api } from '../../api/client.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** The secrets that the driver of an environment uses. */
export const secretsOf = ({ driver }: EnvironmentView): readonly EnvironmentSecret[] =>
  isEnvironmentDriver(driver) ? environmentSecrets[driver] : [];

/** Keeps a secret of an environment, or forgets it. What is kept is never shown again. */
export function SecretModal({ environment, onClose }: { environment: EnvironmentView | null; onClose: () => void }) {
  const t = useT();
  const known = environment ? secretsOf(environment) : [];
  const [secret, setSecret] = useState<EnvironmentSecret>('password');
  const [value, setValue] = useState('');
  const [wrong, setWrong] = useState('');
  const name = environment?.name ?? '';
  useEffect(() => {
    setSecret(known[0] ?? 'password');
    setValue('');
    setWrong('');
  }, [name]);
  const quiet = { touches: ['targets'], quiet: true };
  const keep = useAct(() => api.targets.putEnvironmentSecret({ params: { name, secret }, body: { secret: value } }), {
    ...quiet,
    done: t('environments.secretKept', { name }),
  });
  const forget = useAct(() => api.targets.removeEnvironmentSecret({ params: { name, secret } }), {
    ...quiet,
    done: t('environments.secretForgotten', { name }),
  });
  const submit = async () => {
    if (value === '') {
      setWrong(t('environments.secretEmpty'));
      return false;
    }
    await keep.mutateAsync();
    setValue('');
    return true;
  };
  const kept = environment?.secrets.includes(secret) ?? false;
  const field = {
    label: t(`environments.secret_${secret}`),
    description: t(`environments.secretHelp_${secret}`),
    value,
    error: wrong || undefined,
    required: true,
    autoComplete: 'off',
    spellCheck: false,
    'data-autofocus': true,
    onChange: (event: { currentTarget: { value: string } }) => {
      setValue(event.currentTarget.value);
      setWrong('');
    },
  };
  return (
    <FormModal
      opened={environment !== null}
      onClose={onClose}
      title={t('environments.secretTitle', { name })}
      verb={t('environments.secretKeep')}
      submit={submit}
    >
      {known.length > 1 && (
        <Select
          label={t('environments.secret')}
          data={known.map((one) => ({ value: one, label: t(`environments.secret_${one}`) }))}
          value={secret}
          onChange={(next) => next && setSecret(next as EnvironmentSecret)}
          allowDeselect={false}
        />
      )}
      {secret === 'ssh-key' ? <Textarea {...field} autosize minRows={4} maxRows={12} /> : <PasswordInput {...field} />}
      <Text size="sm" c="dimmed">
        {t(kept ? 'environments.secretThere' : 'environments.secretSealed')}
      </Text>
      {kept && (
        <div>
          <ConfirmButton
            title={t('environments.secretForgetTitle', { name })}
            verb={t('environments.secretForget')}
            act={async () => {
              await forget.mutateAsync();
              onClose();
            }}
            button={{ size: 'xs', needs: 'target:write' }}
          >
            {t('environments.secretForgetText')}
          </ConfirmButton>
        </div>
      )}
    </FormModal>
  );
}
