import { apiBase } from '@atelier/api';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { type RefObject, useEffect, useState } from 'react';

export type ShellState = 'connecting' | 'open' | 'ended' | 'failed';

const look = {
  fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace',
  fontSize: 13,
  theme: { background: '#0d0f12', foreground: '#e6e8eb', cursor: '#e6e8eb' },
  cursorBlink: false,
  scrollback: 5000,
  screenReaderMode: true,
} as const;

/** Keeps a shell of a host in `target`, with the size of its terminal. It ends with the page; `again` opens another. */
export function useTerminal(target: RefObject<HTMLElement | null>, hostId: string) {
  const [state, setState] = useState<ShellState>('connecting');
  const [detail, setDetail] = useState('');
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!target.current) return;
    setState('connecting');
    setDetail('');
    const terminal = new Terminal(look);
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(target.current);
    fit.fit();
    // A terminal takes every key, Tab too: this one gives the keyboard back.
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key !== 'Escape' || !event.shiftKey) return true;
      terminal.blur();
      return false;
    });
    const size = () => ({ columns: terminal.cols, rows: terminal.rows });
    const url = new URL(`${apiBase}/hosts/${hostId}/shell`, location.origin.replace(/^http/, 'ws'));
    url.search = new URLSearchParams({ columns: String(terminal.cols), rows: String(terminal.rows) }).toString();
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const bytes = new TextEncoder();
    let ended = false;
    const end = (how: ShellState, text: string) => {
      if (ended) return;
      ended = true;
      setState(how);
      setDetail(text);
    };
    socket.onopen = () => {
      setState('open');
      terminal.focus();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') return terminal.write(new Uint8Array(data as ArrayBuffer));
      const last = JSON.parse(data) as { exit?: number; error?: string };
      end(last.error === undefined ? 'ended' : 'failed', last.error ?? `(${last.exit})`);
    };
    socket.onclose = () => end('failed', '');
    const typed = terminal.onData((text) => socket.readyState === WebSocket.OPEN && socket.send(bytes.encode(text)));
    const resized = terminal.onResize(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ resize: size() }));
    });
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(target.current);
    return () => {
      ended = true;
      observer.disconnect();
      typed.dispose();
      resized.dispose();
      socket.close();
      terminal.dispose();
    };
  }, [target, hostId, round]);
  return { state, detail, again: () => setRound((old) => old + 1) };
}
