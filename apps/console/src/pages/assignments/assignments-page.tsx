import { Page } from '../../components/page.tsx';
import { useT } from '../../i18n/use-t.ts';
import { AssignmentTable } from './assignment-table.tsx';

/** Who has which workspace, with what limits. */
export function AssignmentsPage() {
  const t = useT();
  return (
    <Page
      title={t('nav.assignments')}
      about={t('assignments.about')}
      equivalent={{
        cli: ['atelier assignment ls', 'atelier assignment create WORKSPACE --group everyone'],
        api: 'GET /assignments',
      }}
    >
      <AssignmentTable />
    </Page>
  );
}
