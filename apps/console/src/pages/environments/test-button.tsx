import type { EnvironmentTest } from '@atelier/api';
import { List, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAct } from '../../components/use-act.ts';
import { useT } from '../../i18n/use-t.ts';

/** Has a broker look whether an environment's machines can be switched, and shows what it found. */
export function TestButton({ name }: { name: string }) {
  const t = useT();
  const [found, setFound] = useState<EnvironmentTest | null>(null);
  const test = useAct(() => api.targets.testEnvironment({ params: { name } }), { onDone: setFound });
  return (
    <>
      <ActionButton
        size="xs"
        variant="default"
        needs="target:write"
        loading={test.isPending}
        onClick={() => test.mutate()}
        aria-label={t('environments.testOf', { name })}
      >
        {t('environments.test')}
      </ActionButton>
      <Modal
        opened={found !== null}
        onClose={() => setFound(null)}
        title={<Text fw={600}>{t(found?.ok ? 'environments.testGood' : 'environments.testBad', { name })}</Text>}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <List spacing="xs" listStyleType="none" center={false}>
          {found?.findings.map((one) => (
            <List.Item key={one.what} icon={<Icon name={one.ok ? 'check' : 'cross'} size={16} />}>
              <Text fw={560}>{t(one.ok ? 'environments.fine' : 'environments.wrong', { what: one.what })}</Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {one.detail}
              </Text>
            </List.Item>
          ))}
        </List>
        {found?.broker && (
          <Text size="sm" c="dimmed" mt="md">
            {t('environments.seenBy', { broker: found.broker })}
          </Text>
        )}
      </Modal>
    </>
  );
}
