import { useState } from 'react';
import type { z } from 'zod';

/** State of a form whose rules are a schema of the contract, so that browser and server refuse the same things. */
export function useFields<T extends Record<string, unknown>>(initial: T, schema?: z.ZodType) {
  const [values, setValues] = useState<T>(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const set = <K extends keyof T>(name: K, value: T[K]) => {
    setValues((old) => ({ ...old, [name]: value }));
    setErrors((old) => (old[name as string] ? { ...old, [name as string]: '' } : old));
  };
  /** Fills the errors in; true when the schema takes the values (or what `as` makes of them). */
  const check = (as: unknown = values): boolean => {
    const parsed = schema?.safeParse(as);
    if (!parsed || parsed.success) {
      setErrors({});
      return true;
    }
    setErrors(Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.') || '_', issue.message])));
    return false;
  };
  /** Props for a text input. */
  const text = (name: keyof T & string) => ({
    name,
    value: (values[name] as string | null) ?? '',
    error: errors[name] || undefined,
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value as T[typeof name]),
  });
  return { values, set, setValues, errors, setErrors, check, text };
}
