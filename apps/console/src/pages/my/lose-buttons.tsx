import { type Instance, type MyWorkspace, mayAct } from '@atelier/api';
import { Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';
import { useMyAct } from './use-my-act.ts';

type Choice =
  | { readonly action: 'switch-version'; readonly version: number }
  | { readonly action: 'revert' | 'reset' | 'delete' };

/** Seldom acts, of which some lose something: other versions, revert, set up anew, delete. Each says what is lost. */
export function LoseButtons({
  workspace,
  instance,
  endpointId,
  blocked,
}: {
  workspace: MyWorkspace;
  instance: Instance;
  endpointId: string;
  blocked: string | null;
}) {
  const t = useT();
  const act = useMyAct(workspace.workspaceId, endpointId, true);
  const [asked, setAsked] = useState<Choice | null>(null);
  const others = mayAct(instance.state, 'switch-version')
    ? instance.localVersions.filter((one) => one !== instance.version)
    : [];
  const acts = (['revert', 'reset', 'delete'] as const).filter((action) => mayAct(instance.state, action));
  if (blocked || others.length + acts.length === 0) return null;
  const names = {
    name: workspace.name,
    endpoint: instance.endpoint,
    version: asked?.action === 'switch-version' ? asked.version : 0,
  };
  const ask = (choice: Choice) => {
    act.reset();
    setAsked(choice);
  };
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" color="gray" c="var(--mantine-color-text)">
            {t('common.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((version) => (
            <Menu.Item key={version} onClick={() => ask({ action: 'switch-version', version })}>
              {t(version < (instance.version ?? 0) ? 'my.goBack' : 'my.switchTo', { version })}
            </Menu.Item>
          ))}
          {acts.map((action) => (
            <Menu.Item key={action} onClick={() => ask({ action })}>
              {t(`instanceAction.${action}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={<Text fw={600}>{asked && t(`my.ask_${asked.action}`, names)}</Text>}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack>
          <Text size="sm">{asked && t(`my.askText_${asked.action}`, names)}</Text>
          {act.error !== null && <ProblemAlert error={act.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(null)} data-autofocus>
              {t('common.cancel')}
            </Button>
            <Button
              color={asked?.action === 'switch-version' ? undefined : 'red'}
              loading={act.isPending}
              onClick={() => asked && act.mutate(asked, { onSuccess: () => setAsked(null) })}
            >
              {asked?.action === 'switch-version'
                ? t('my.switchDo', names)
                : asked && t(`instanceAction.${asked.action}`)}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
