import type { Problem } from '@atelier/api';
import i18next from 'i18next';

/** A problem with title, cause and fix in the person's language where we have it; the server speaks English. */
export function useProblemTexts(problem: Problem): Problem {
  const find = (part: 'title' | 'cause' | 'fix') => {
    const key = `problems.${problem.code.replace('.', '_')}.${part}`;
    return i18next.exists(key) ? (i18next.t as (key: string) => string)(key) : problem[part];
  };
  return { ...problem, title: find('title'), cause: find('cause'), fix: find('fix') };
}
