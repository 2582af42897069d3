import { Text } from '@mantine/core';
import { useMay } from '../../api/me.tsx';
import { useT } from '../../i18n/use-t.ts';
import { AuditTable } from './audit-table.tsx';

/** The history of one object, for those who may read the audit log. */
export function AuditTab({ kind, id }: { kind: string; id: string }) {
  const t = useT();
  const may = useMay();
  if (!may('audit:read')) return <Text c="dimmed">{t('common.missingPermission', { permission: 'audit:read' })}</Text>;
  return <AuditTable filter={{ objectKind: kind, objectId: id }} />;
}
