import { Group, Text, UnstyledButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useT } from '../i18n/use-t.ts';
import { CommandLine } from './command-line.tsx';
import { Icon } from './icon.tsx';

/** The same as this page on the command line and in the API, to copy. Folds; remembers whether it was open. */
export function Equivalent({ cli, api }: { cli: readonly string[]; api: string }) {
  const t = useT();
  const [open, setOpen] = useLocalStorage({
    key: 'atelier.equivalent',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [method, path] = api.split(' ');
  const curl = `curl --cacert ca.pem -H "Authorization: Bearer $ATELIER_TOKEN"${method === 'GET' ? '' : ` -X ${method}`} ${location.origin}/api/v1${path}`;
  return (
    <section aria-label={t('equivalent.title')}>
      <UnstyledButton
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        py={4}
        px={6}
        style={{ borderRadius: 8, maxWidth: '100%' }}
      >
        <Group gap={8} c="dimmed" fz="sm" wrap="nowrap">
          <Icon name="terminal" size={16} />
          <span>{t('equivalent.title')}</span>
          {!open && <span className="mono equivalent-first">{cli[0]}</span>}
          <Icon name={open ? 'up' : 'down'} size={14} />
        </Group>
      </UnstyledButton>
      {open && (
        <div style={{ display: 'grid', gap: 8, marginTop: 8, maxWidth: 860 }}>
          {cli.map((line) => (
            <CommandLine key={line} text={line} label={t('equivalent.copyCommand')} />
          ))}
          <Text size="sm" c="dimmed">
            {t('equivalent.api')} <span className="mono">{api}</span>
          </Text>
          <CommandLine text={curl} label={t('equivalent.copyCall')} />
        </div>
      )}
    </section>
  );
}
