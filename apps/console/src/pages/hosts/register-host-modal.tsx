import { contract, type HostView } from '@atelier/api';
import { PasswordInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

const kinds = ['negotiate', 'basic', 'kerberos', 'certificate'] as const;
const trusts = ['system', 'fingerprint', 'authority'] as const;
type Kind = (typeof kinds)[number];
type TrustKind = (typeof trusts)[number];

const empty = {
  name: '',
  address: '',
  labels: [] as string[],
  kind: 'negotiate' as Kind,
  user: '',
  password: '',
  trust: 'system' as TrustKind,
  fingerprint: '',
};

/** What the form says, as the contract has it. */
function bodyOf(values: typeof empty) {
  const { name, address, labels, kind, user, password, trust, fingerprint } = values;
  const signIn: HostView['signIn'] = kind === 'certificate' ? { kind } : { kind, user, password };
  const sha256 = fingerprint.replaceAll(/[:\s]/g, '').toLowerCase();
  return { name, address, labels, signIn, trust: trust === 'fingerprint' ? { kind: trust, sha256 } : { kind: trust } };
}

/** Registers a host that listens already, such as a Windows server. */
export function RegisterHostModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const [, go] = useLocation();
  const form = useFields(empty, contract.hosts.add.body);
  const { values } = form;
  const add = useAct(() => api.hosts.add({ body: bodyOf(values) }), {
    touches: ['hosts'],
    quiet: true,
    onDone: (one) => {
      form.setValues(empty);
      go(`/hosts/${one.id}`);
    },
  });
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={t('hosts.register')}
      verb={t('hosts.registerDo')}
      submit={async () => form.check(bodyOf(values)) && (await add.mutateAsync())}
      onFieldErrors={form.setErrors}
    >
      <TextInput label={t('common.name')} data-autofocus required {...form.text('name')} />
      <TextInput
        label={t('hosts.address')}
        description={t('hosts.addressHelp')}
        placeholder="https://files.example.org:5986/wsman"
        required
        {...form.text('address')}
      />
      <Select
        label={t('hosts.signIn')}
        data={kinds.map((value) => ({ value, label: t(`hosts.signIn_${value}`) }))}
        value={values.kind}
        onChange={(value) => form.set('kind', (value ?? 'negotiate') as Kind)}
        allowDeselect={false}
      />
      {values.kind !== 'certificate' && (
        <>
          <TextInput
            label={t('hosts.user')}
            placeholder="EXAMPLE\ops"
            autoComplete="off"
            required
            {...form.text('user')}
            error={form.errors['signIn.user']}
          />
          <PasswordInput
            label={t('hosts.password')}
            description={t('hosts.passwordHelp')}
            autoComplete="new-password"
            required
            {...form.text('password')}
            error={form.errors['signIn.password']}
          />
        </>
      )}
      <Select
        label={t('hosts.trust')}
        data={trusts.map((value) => ({ value, label: t(`hosts.trust_${value}`) }))}
        value={values.trust}
        onChange={(value) => form.set('trust', (value ?? 'system') as TrustKind)}
        allowDeselect={false}
      />
      {values.trust === 'fingerprint' && (
        <TextInput
          label={t('hosts.fingerprint')}
          required
          {...form.text('fingerprint')}
          error={form.errors['trust.sha256']}
        />
      )}
      <TagsInput
        label={t('hosts.labels')}
        value={values.labels}
        onChange={(labels) => form.set('labels', labels)}
        maxTags={50}
      />
    </FormModal>
  );
}
