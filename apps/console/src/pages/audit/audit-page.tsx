import { Alert, Group } from '@mantine/core';
import { api } from '../../api/client.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useAct } from '../../components/use-act.ts';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';
import { AuditTable } from './audit-table.tsx';

const kinds = [
  'user',
  'group',
  'api-token',
  'image',
  'image-version',
  'workspace',
  'assignment',
  'endpoint',
  'enrollment-token',
  'host',
  'host-invitation',
  'task',
] as const;

/** Who changed what, with old and new; the chain of hashes can be checked. */
export function AuditPage() {
  const t = useT();
  const [actor] = useParam('actor');
  const [objectKind] = useParam('objectKind');
  const verify = useAct(() => api.audit.verify());
  return (
    <Page
      title={t('nav.audit')}
      about={t('audit.about')}
      equivalent={{ cli: ['atelier audit ls', 'atelier audit verify'], api: 'GET /audit' }}
      actions={
        <ActionButton
          variant="default"
          needs="audit:read"
          leftSection={<Icon name="shield" size={16} />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('audit.verify')}
        </ActionButton>
      }
    >
      <div aria-live="polite">
        {verify.data && (
          <Alert
            className={verify.data.ok ? 'alert-good' : 'alert-bad'}
            variant="outline"
            color={verify.data.ok ? 'green' : 'red'}
            icon={<Icon name={verify.data.ok ? 'check' : 'error'} />}
            title={
              verify.data.ok
                ? t('audit.whole', { count: verify.data.entries })
                : t('audit.broken', { at: verify.data.firstBroken ?? '?' })
            }
            withCloseButton
            closeButtonLabel={t('common.close')}
            onClose={verify.reset}
          >
            {t(verify.data.ok ? 'audit.wholeText' : 'audit.brokenText')}
          </Alert>
        )}
      </div>
      <Group>
        <SearchField label={t('audit.actorSearch')} param="actor" />
        <FilterSelect
          param="objectKind"
          label={t('audit.object')}
          options={kinds.map((kind) => ({ value: kind, label: kind }))}
        />
      </Group>
      <AuditTable filter={{ actor: actor || undefined, objectKind: objectKind || undefined }} />
    </Page>
  );
}
