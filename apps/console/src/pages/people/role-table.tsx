import { permissions, rolePermissions, roleSchema } from '@atelier/api';
import { Table, Title } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { useT } from '../../i18n/use-t.ts';

/** What each role may do. */
export function RoleTable() {
  const t = useT();
  return (
    <section style={{ marginTop: 32 }}>
      <Title order={2} mb="sm">
        {t('people.roleTable')}
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard must be able to reach it */}
      <section className="card" style={{ overflowX: 'auto' }} tabIndex={0} aria-label={t('people.roleTable')}>
        <Table className="matrix" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('people.permission')}</Table.Th>
              {roleSchema.options.map((role) => (
                <Table.Th key={role} scope="col" ta="center">
                  {t(`role.${role}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {permissions
              .filter((permission) => permission !== 'my:use')
              .map((permission) => (
                <Table.Tr key={permission}>
                  <Table.Th scope="row" className="mono">
                    {permission}
                  </Table.Th>
                  {roleSchema.options.map((role) => {
                    const has = rolePermissions[role].includes(permission);
                    return (
                      <Table.Td key={role} ta="center">
                        <span
                          style={{
                            display: 'inline-grid',
                            color: has ? 'var(--tone-good)' : 'var(--mantine-color-dimmed)',
                          }}
                        >
                          {has ? <Icon name="check" size={16} /> : <span aria-hidden="true">·</span>}
                          <span className="visually-hidden">{t(has ? 'common.yes' : 'common.no')}</span>
                        </span>
                      </Table.Td>
                    );
                  })}
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </section>
    </section>
  );
}
