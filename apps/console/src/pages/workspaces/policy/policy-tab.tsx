import type { Policy, Workspace } from '@atelier/api';
import { Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { useMay } from '../../../api/me.tsx';
import { usePages } from '../../../api/query.ts';
import { ActionButton } from '../../../components/action-button.tsx';
import { differences } from '../../../components/difference.ts';
import { JsonView } from '../../../components/json-view.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { useAct } from '../../../components/use-act.ts';
import { useParam } from '../../../components/use-param.ts';
import { useT } from '../../../i18n/use-t.ts';
import { CommitModal } from './commit-modal.tsx';
import { PolicyForm, policyErrors } from './policy-form.tsx';
import { Revisions } from './revisions.tsx';

/** A workspace's policy: form, JSON, history. A change becomes a new revision. */
export function PolicyTab({ workspace }: { workspace: Workspace }) {
  const t = useT();
  const may = useMay();
  const [view, setView] = useParam('view');
  const [draft, setDraft] = useState<Policy | null>(null);
  const [committing, setCommitting] = useState(false);
  const pages = usePages('workspaces', 'listRevisions', { params: { id: workspace.id } });
  const rollback = useAct((number: number) => api.workspaces.rollbackPolicy({ params: { id: workspace.id, number } }), {
    done: t('policy.rolledBack'),
    touches: ['workspaces'],
    quiet: true,
    onDone: () => setDraft(null),
  });
  if (pages.error && pages.rows.length === 0) return <ProblemAlert error={pages.error} retry={() => pages.refetch()} />;
  const active = pages.rows.find((one) => one.state === 'active') ?? pages.rows[0];
  if (!active) return <Skeleton height={320} radius="lg" aria-label={t('common.loading')} />;
  const on = [{ kind: 'workspace', id: workspace.id } as const, { kind: 'workspace', id: workspace.name } as const];
  const value = draft ?? active.document;
  const changes = differences(active.document, value);
  const wrong = Object.keys(policyErrors(value)).length;
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t('policy.view')}
          value={view || 'form'}
          onChange={(next) => setView(next === 'form' ? null : next)}
          data={[
            { value: 'form', label: t('policy.form') },
            { value: 'json', label: 'JSON' },
            { value: 'revisions', label: t('policy.revisions') },
          ]}
        />
        {changes.length > 0 && (
          <Group gap="xs">
            <Text size="sm" aria-live="polite">
              {t('policy.changes', { count: changes.length })}
            </Text>
            <ActionButton variant="default" onClick={() => setDraft(null)}>
              {t('policy.discard')}
            </ActionButton>
            <ActionButton
              needs="workspace:write"
              on={on}
              blocked={wrong > 0 && t('policy.wrong', { count: wrong })}
              onClick={() => setCommitting(true)}
            >
              {t('policy.commit')}
            </ActionButton>
          </Group>
        )}
      </Group>
      {(view || 'form') === 'form' && (
        <div className="card" style={{ padding: 'clamp(16px, 3vw, 28px)' }}>
          <PolicyForm
            value={value}
            onChange={setDraft}
            readOnly={!may('workspace:write', ...on)}
            type={workspace.type}
          />
        </div>
      )}
      {view === 'json' && <JsonView value={value} label={t('policy.title')} />}
      {view === 'revisions' && <Revisions pages={pages} on={on} rollback={(number) => rollback.mutateAsync(number)} />}
      <CommitModal
        opened={committing}
        onClose={() => setCommitting(false)}
        workspace={workspace}
        document={value}
        changes={changes}
        onDone={() => setDraft(null)}
      />
    </Stack>
  );
}
