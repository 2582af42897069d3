import type { ChildProcess } from 'node:child_process';
import { endSupervisor, startSupervisor } from './start-supervisor.ts';

/** After the first command was started, how long until the next supervisor is made ready: most clients run one command and close. Milliseconds. */
const pauseMs = 200;

/**
 * Keeps one supervisor ready while shells are open, so that a command does not wait until Perl has started. It knows nothing and does nothing before it
 * is told what to run, and ends with this process.
 */
export class SupervisorPool {
  #users = 0;
  #taken = 0;
  #spare: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** A shell was opened: commands will come. */
  enter(): void {
    this.#users++;
    this.#prepare();
  }

  /** A shell was closed. */
  leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#taken = 0;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#spare) endSupervisor(this.#spare);
    this.#spare = null;
  }

  /** The supervisor that is ready, or a new one. */
  take(): ChildProcess {
    const ready = this.#spare;
    this.#spare = null;
    this.#taken++;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#users > 0) this.#prepare();
    }, pauseMs).unref();
    return ready ?? startSupervisor();
  }

  /** A command has ended: a client that ran two will run a third, and has the processor to itself until then. */
  ended(): void {
    if (this.#taken > 1 && this.#users > 0) this.#prepare();
  }

  #prepare(): void {
    if (this.#spare) return;
    const child = startSupervisor();
    this.#spare = child;
    const gone = () => {
      if (this.#spare === child) this.#spare = null;
    };
    // One that cannot be started is found out by whoever needs it.
    child.once('error', gone);
    child.once('exit', gone);
  }
}
