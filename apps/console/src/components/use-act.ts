import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../api/problem.ts';
import { toast } from './toast.ts';

/**
 * Runs one change: afterwards what it touched is read again, and a short message appears.
 * With `quiet` errors are left to the caller to show (forms); else they appear as a message.
 */
export function useAct<I = void, O = unknown>(
  act: (input: I) => Promise<O>,
  options: {
    done?: string | ((answer: O, input: I) => string | undefined);
    touches?: readonly string[];
    quiet?: boolean;
    onDone?: (answer: O, input: I) => void;
  } = {},
) {
  const queries = useQueryClient();
  return useMutation<O, unknown, I>({
    mutationFn: act,
    onSuccess: async (answer, input) => {
      const message = typeof options.done === 'function' ? options.done(answer, input) : options.done;
      if (message) toast(message);
      await Promise.all(
        (options.touches ?? []).map((root) => queries.invalidateQueries({ queryKey: [root] as QueryKey })),
      );
      options.onDone?.(answer, input);
    },
    onError: (error) => {
      if (options.quiet) return;
      const problem = problemOf(error);
      toast([problem.detail, problem.fix].filter(Boolean).join(' — '), 'bad', problem.title);
    },
  });
}
