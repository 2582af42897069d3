import '@xterm/xterm/css/xterm.css';
import type { HostView } from '@atelier/api';
import { Button, Group, Text } from '@mantine/core';
import { useRef } from 'react';
import { useT } from '../../i18n/use-t.ts';
import { useTerminal } from './use-terminal.ts';

/** A shell of the host in the browser. */
export function ShellTab({ host }: { host: HostView }) {
  const t = useT();
  const target = useRef<HTMLDivElement>(null);
  const { state, detail, again } = useTerminal(target, host.id);
  const tone = state === 'open' ? 'good' : state === 'connecting' ? 'busy' : 'idle';
  return (
    <div className="card" style={{ overflow: 'hidden' }}>
      <Group p="sm" justify="space-between">
        <Text size="sm" role="status" component="div">
          <span className="dot" data-tone={state === 'failed' ? 'bad' : tone} aria-hidden="true" /> {host.name} ·{' '}
          {t(`hosts.shell_${state}`)} {detail}
        </Text>
        {state !== 'open' && state !== 'connecting' && (
          <Button size="xs" variant="default" onClick={again}>
            {t('hosts.shellAgain')}
          </Button>
        )}
      </Group>
      <section
        ref={target}
        aria-label={t('hosts.shellOf', { name: host.name })}
        style={{
          height: 'min(62vh, 560px)',
          background: '#0d0f12',
          padding: 10,
          overflow: 'hidden',
          boxSizing: 'border-box',
        }}
      />
      <Text size="xs" c="dimmed" p="xs">
        {t('hosts.shellHelp')}
      </Text>
    </div>
  );
}
