import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { IronClient } from './iron-client.ts';
import { currentKeyboard } from './keyboard-choice.ts';
import { layoutOf } from './keyboard-layouts.ts';
import { desktopSize, type Size } from './picture-size.ts';
import { prepareDesktop, screenUrl } from './prepare-desktop.ts';
import type { ScreenFailure } from './screen-failure.ts';
import { type SessionEnd, sessionEnd } from './session-end.ts';

/** How far a desktop is. */
export type DesktopState =
  | { readonly kind: 'preparing'; readonly status: string }
  | { readonly kind: 'sign-in'; readonly token: string; readonly target: string }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'ended'; readonly why: SessionEnd }
  | { readonly kind: 'failed'; readonly why: ScreenFailure }
  /** The broker said no: its code, and its own words. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

const failures: readonly unknown[] = ['credentials', 'place', 'target', 'certificate', 'security', 'server'];

const sizeOf = (box: HTMLElement | null): Size =>
  desktopSize({ width: box?.clientWidth ?? 0, height: box?.clientHeight ?? 0 });

/** Brings a desktop into `stage`: has it prepared, asks who signs in where nobody knows, and connects. */
export function useDesktop(stage: RefObject<HTMLDivElement | null>, collection: string, label: string) {
  const [state, setState] = useState<DesktopState>({ kind: 'preparing', status: '' });
  const [client, setClient] = useState<IronClient | null>(null);
  const [round, setRound] = useState(0);
  const alive = useRef(0);
  const current = useRef<IronClient | null>(null);

  const connect = useCallback(
    async (way: { token: string; target: string }, user: string, password: string) => {
      const mine = alive.current;
      const box = stage.current;
      if (!box) return;
      const lead = (one: IronClient | null) => {
        current.current = one;
        setClient(one);
      };
      setState({ kind: 'connecting' });
      try {
        const { ironClient } = await import('./iron-client.ts');
        if (mine !== alive.current) return;
        const made = await ironClient(box, label);
        if (mine !== alive.current) return made.remove();
        lead(made);
        const { ended } = await made.connect({
          url: screenUrl(collection, layoutOf(currentKeyboard())),
          token: way.token,
          destination: `${way.target}:3389`,
          user,
          password,
          size: sizeOf(box),
        });
        if (mine !== alive.current) return;
        setState({ kind: 'live' });
        made.focus();
        const said = await ended;
        if (mine === alive.current) setState({ kind: 'ended', why: sessionEnd(said) });
      } catch (error) {
        const why = failures.includes(error) ? (error as ScreenFailure) : 'connection';
        if (mine === alive.current) setState({ kind: 'failed', why });
      } finally {
        if (mine === alive.current) {
          current.current?.remove();
          lead(null);
        }
      }
    },
    [stage, collection, label],
  );

  useEffect(() => {
    const cancel = new AbortController();
    setState({ kind: 'preparing', status: '' });
    const tell = (status: string) => setState({ kind: 'preparing', status });
    prepareDesktop(collection, sizeOf(stage.current), tell, cancel.signal).then(
      (answer) => {
        if (cancel.signal.aborted) return;
        if (answer.kind === 'failed') return setState({ kind: 'refused', code: answer.code, text: answer.text });
        const { token, target, credentials } = answer;
        if (credentials) void connect({ token, target }, credentials.user, credentials.password);
        else setState({ kind: 'sign-in', token, target });
      },
      () => cancel.signal.aborted || setState({ kind: 'failed', why: 'server' }),
    );
    return () => {
      cancel.abort();
      alive.current += 1;
      current.current?.remove();
      current.current = null;
      setClient(null);
    };
  }, [stage, collection, connect, round]);

  return { state, connect, client, again: () => setRound((old) => old + 1) };
}
