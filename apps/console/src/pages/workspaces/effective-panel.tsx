import { Table, Text } from '@mantine/core';
import { useRead } from '../../api/query.ts';
import { ObjectSelect } from '../../components/object-select.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { useLimitText } from '../assignments/use-limit-text.ts';

/** What one person may do here, and which assignment decided each point. */
export function EffectivePanel({ workspace }: { workspace: string }) {
  const t = useT();
  const show = useLimitText();
  const [user, setUser] = useParam('user');
  const read = useRead(
    'workspaces',
    'effective',
    { params: { id: workspace }, query: { user: user || '-' } },
    { enabled: user !== '' },
  );
  return (
    <Panel title={t('effective.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('effective.text')}
      </Text>
      <div style={{ maxWidth: 360 }}>
        <ObjectSelect source="user" label={t('effective.user')} value={user || null} onChange={setUser} />
      </div>
      <div aria-live="polite" style={{ marginTop: 16 }}>
        {read.error !== null && user !== '' && <ProblemAlert error={read.error} />}
        {read.data?.grant === null && <Text>{t('effective.none', { user: read.data.user.name })}</Text>}
        {read.data?.grant && (
          <Table className="data-table">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('effective.field')}</Table.Th>
                <Table.Th scope="col">{t('effective.value')}</Table.Th>
                <Table.Th scope="col">{t('effective.by')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {Object.entries(read.data.grant).map(([field, decided]) => (
                <Table.Tr key={field}>
                  <Table.Td data-title={t('effective.field')}>{show.title(field)}</Table.Td>
                  <Table.Td data-title={t('effective.value')}>{show.value(field, decided.value)}</Table.Td>
                  <Table.Td data-title={t('effective.by')}>
                    {decided.by.map((one) => one.principal).join(', ')}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
    </Panel>
  );
}
