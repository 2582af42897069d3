import { createElement } from 'react';
import { Link } from 'wouter';
import { toast } from '../../components/toast.ts';
import { useT } from '../../i18n/use-t.ts';

/** Tells that a task began, with the way to it. */
export function useTaskStarted(): (answer: { taskId: string }) => void {
  const t = useT();
  return ({ taskId }) => toast(createElement(Link, { href: `/tasks/${taskId}` }, t('tasks.startedNote')), 'busy');
}
