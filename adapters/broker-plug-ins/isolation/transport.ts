import type { RpcMessage } from './rpc-message.ts';

/** Where a plug-in runs, and how messages get there. */
export interface PlugInTransport {
  /** Throws when the message cannot be sent, e.g. since it is too long. */
  send(message: RpcMessage): void;
  /** Ends the thread or process, also one in an endless loop. */
  kill(): Promise<void>;
}

export interface TransportEvents {
  readonly message: (message: unknown) => void;
  /** What it printed; at most 2,000 characters at a time. */
  readonly output: (text: string) => void;
  /** Called once: it ended by itself, was killed, or could not be started. */
  readonly end: (why: string) => void;
}

export type StartTransport = (events: TransportEvents) => PlugInTransport;

/** Characters of output in a second that are passed on; more is dropped. */
const mostOutput = 20_000;

/** Passes output on in bounded amounts. */
export function boundedOutput(output: (text: string) => void): (text: string) => void {
  let second = 0;
  let passed = 0;
  return (text) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      passed = 0;
    }
    if (passed >= mostOutput) return;
    const piece = text.slice(0, Math.min(2000, mostOutput - passed));
    passed += piece.length;
    output(piece.trimEnd());
  };
}
