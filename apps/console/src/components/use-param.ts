import { useSearchParams } from 'wouter';

/** One filter that lives in the address: `[value, set]`; an empty value takes it out. Replaces, so that "back" leaves the page. */
export function useParam(name: string): [string, (value: string | null) => void] {
  const [params, set] = useSearchParams();
  return [
    params.get(name) ?? '',
    (value) =>
      set(
        (old) => {
          const next = new URLSearchParams(old);
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: true },
      ),
  ];
}
