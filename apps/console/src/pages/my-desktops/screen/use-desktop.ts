import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { IronClient } from './iron-client.ts';
import { prepareDesktop, screenUrl } from './prepare-desktop.ts';

/** How far a desktop is. */
export type DesktopState =
  | { readonly kind: 'preparing'; readonly status: string }
  | { readonly kind: 'sign-in'; readonly token: string; readonly target: string }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly why: 'credentials' | 'connection' | 'refused'; readonly detail: string };

const even = (length: number): number => Math.max(400, Math.min(4096, Math.floor(length / 4) * 4));

/** Brings a desktop into `stage`: has it prepared, asks who signs in where nobody knows, and connects. */
export function useDesktop(stage: RefObject<HTMLDivElement | null>, collection: string, label: string) {
  const [state, setState] = useState<DesktopState>({ kind: 'preparing', status: '' });
  const [round, setRound] = useState(0);
  const client = useRef<IronClient | null>(null);
  const alive = useRef(0);

  const connect = useCallback(
    async (way: { token: string; target: string }, user: string, password: string) => {
      const mine = alive.current;
      const box = stage.current;
      if (!box) return;
      setState({ kind: 'connecting' });
      try {
        const { ironClient } = await import('./iron-client.ts');
        if (mine !== alive.current) return;
        const made = await ironClient(box, label);
        if (mine !== alive.current) return made.remove();
        client.current = made;
        const { ended } = await made.connect({
          url: screenUrl(collection),
          token: way.token,
          destination: `${way.target}:3389`,
          user,
          password,
          size: { width: even(box.clientWidth), height: even(box.clientHeight) },
        });
        if (mine !== alive.current) return;
        setState({ kind: 'live' });
        made.element.focus();
        await ended;
        if (mine === alive.current) setState({ kind: 'ended' });
      } catch (error) {
        const why = error === 'credentials' ? 'credentials' : 'connection';
        if (mine === alive.current) setState({ kind: 'failed', why, detail: '' });
      } finally {
        if (mine === alive.current) {
          client.current?.remove();
          client.current = null;
        }
      }
    },
    [stage, collection, label],
  );

  useEffect(() => {
    const cancel = new AbortController();
    setState({ kind: 'preparing', status: '' });
    const box = stage.current;
    const size = { width: even(box?.clientWidth ?? 0), height: even(box?.clientHeight ?? 0) };
    prepareDesktop(collection, size, (status) => setState({ kind: 'preparing', status }), cancel.signal).then(
      (answer) => {
        if (cancel.signal.aborted) return;
        if (answer.kind === 'failed') return setState({ kind: 'failed', why: 'refused', detail: answer.text });
        const { token, target, credentials } = answer;
        if (credentials) void connect({ token, target }, credentials.user, credentials.password);
        else setState({ kind: 'sign-in', token, target });
      },
      () => cancel.signal.aborted || setState({ kind: 'failed', why: 'connection', detail: '' }),
    );
    return () => {
      cancel.abort();
      alive.current += 1;
      client.current?.remove();
      client.current = null;
    };
  }, [stage, collection, connect, round]);

  return { state, connect, client: () => client.current, again: () => setRound((old) => old + 1) };
}
