import { ProblemError } from '@atelier/api';
import { ProblemAlert } from '../../components/problem-alert.tsx';

/** A task's failure in the same form as any other error. */
export function TaskError({ error }: { error: { code: string; detail: string } }) {
  const problem = {
    type: 'about:blank',
    title: error.code,
    status: 500,
    code: error.code,
    detail: error.detail,
    cause: '',
    fix: '',
    correlationId: '',
  };
  return <ProblemAlert error={new ProblemError(problem)} />;
}
