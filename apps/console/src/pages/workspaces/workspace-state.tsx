import type { Workspace } from '@atelier/api';
import { StateBadge } from '../../components/state-badge.tsx';
import { useT } from '../../i18n/use-t.ts';

/** Whether people can use a workspace now. */
export function WorkspaceState({ workspace }: { workspace: Workspace }) {
  const t = useT();
  if (!workspace.enabled) return <StateBadge tone="idle">{t('common.disabled')}</StateBadge>;
  if (workspace.currentVersion === null) return <StateBadge tone="warn">{t('workspaces.noVersion')}</StateBadge>;
  return <StateBadge tone="good">{t('workspaces.ready', { version: workspace.currentVersion })}</StateBadge>;
}
