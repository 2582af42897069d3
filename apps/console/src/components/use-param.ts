import { useSearchParams } from 'wouter';

/** One filter that lives in the address: `[value, set]`; an empty value takes it out. Replaces, so that "back" leaves the page. */
export function useParam(name: string): [string, (value: string | null) => void] {
  const [params, set] = useSearchParams();
  const here = location.pathname;
  return [
    params.get(name) ?? '',
    (value) => {
      // A dialog that closes after it has led to another page must not lead back.
      if (location.pathname !== here) return;
      set(
        (old) => {
          const next = new URLSearchParams(old);
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: true },
      );
    },
  ];
}
