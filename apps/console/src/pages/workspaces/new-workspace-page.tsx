import { contract, defaultPolicy, type Policy } from '@atelier/api';
import { Button, Group, Stack, Stepper, Text } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { fieldErrors, problemOf } from '../../api/problem.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { PolicyForm } from './policy/policy-form.tsx';
import { ImageFields, NameFields, type WorkspaceValues } from './workspace-fields.tsx';

const empty: WorkspaceValues = {
  name: '',
  description: '',
  supportContact: '',
  type: 'persistent',
  image: '',
  channel: 'stable',
  pinnedVersion: null,
  enabled: true,
};

/** Makes a workspace in four steps; every step can be gone back to. */
export function NewWorkspacePage() {
  const t = useT();
  const [, go] = useLocation();
  const [step, setStep] = useState(0);
  const [policy, setPolicy] = useState<Policy>(defaultPolicy);
  const form = useFields<WorkspaceValues>(empty, contract.workspaces.create.body);
  const create = useAct(() => api.workspaces.create({ body: { ...form.values, policy } }), {
    quiet: true,
    touches: ['workspaces', 'system'],
    done: t('workspaces.created', { name: form.values.name }),
    onDone: (made) => go(`/workspaces/${made.name}/assignments`),
  });
  const next = () => {
    if (step === 0 && !form.values.image) return form.setErrors({ image: t('common.required') });
    if (step === 1 && !form.check({ ...form.values, policy })) return;
    setStep(step + 1);
  };
  const { values } = form;
  return (
    <Page
      title={t('workspaces.new')}
      parent={{ title: t('nav.workspaces'), href: '/workspaces' }}
      equivalent={{
        cli: [
          `atelier workspace create ${values.name || 'NAME'} --image ${values.image || 'IMAGE'} ${values.channel ? `--channel ${values.channel}` : `--pinned-version ${values.pinnedVersion}`}`,
        ],
        api: 'POST /workspaces',
      }}
    >
      <form
        className="card"
        style={{ padding: 'clamp(16px, 3vw, 28px)' }}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (step < 3) next();
          else create.mutate(undefined, { onError: (error) => form.setErrors(fieldErrors(problemOf(error))) });
        }}
      >
        <Stepper active={step} onStepClick={(to) => to < step && setStep(to)} size="sm" mb="lg">
          <Stepper.Step label={t('workspaces.stepImage')} />
          <Stepper.Step label={t('workspaces.stepName')} />
          <Stepper.Step label={t('workspaces.stepPolicy')} />
          <Stepper.Step label={t('workspaces.stepReview')} />
        </Stepper>
        <div style={{ maxWidth: step === 2 ? 'none' : 620 }}>
          {step === 0 && <ImageFields form={form} />}
          {step === 1 && <NameFields form={form} />}
          {step === 2 && <PolicyForm value={policy} onChange={setPolicy} type={values.type} />}
          {step === 3 && (
            <Stack>
              <Facts
                items={[
                  [t('common.name'), values.name],
                  [t('workspaces.image'), values.image],
                  [t('workspaces.follow'), values.channel ?? `v${values.pinnedVersion}`],
                  [t('workspaces.type'), t(`workspaceType.${values.type}`)],
                ]}
              />
              <Text size="sm" c="dimmed">
                {t('workspaces.reviewText')}
              </Text>
            </Stack>
          )}
        </div>
        {create.error !== null && (
          <div style={{ marginTop: 16 }}>
            <ProblemAlert error={create.error} />
          </div>
        )}
        <Group mt="xl">
          {step > 0 && (
            <Button variant="default" onClick={() => setStep(step - 1)}>
              {t('common.back')}
            </Button>
          )}
          <ActionButton type="submit" needs="workspace:write" loading={create.isPending} onClick={() => undefined}>
            {step < 3 ? t('common.next') : t('workspaces.create')}
          </ActionButton>
        </Group>
      </form>
    </Page>
  );
}
