import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginManifest } from './plugin-manifest.ts';
import type { FromPlugin, PluginDescription, ToPlugin } from './plugin-messages.ts';
import { residentMemory } from './resident-memory.ts';

/** A plug-in's process ended, hung, or could not be started. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

type Answer = Extract<FromPlugin, { readonly id: number }>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | null;
}

/** Times to wait before another start, in milliseconds: the last for ever. */
const backOff = [0, 250, 1000, 4000, 15_000, 60_000];
/** A process that lived so long starts from the beginning of the back-off. */
const settled = 60_000;
/** How often the memory of a process is looked at while somebody waits for it. Milliseconds. */
const lookMs = 500;
/** What Node itself takes of the memory that is counted. Megabytes. */
const ownMemory = 96;
/** Milliseconds for a process to load its module and `start` its provider. */
const startLimit = 30_000;

const setpriv = '/usr/bin/setpriv';

/** How Node runs so that the kernel ends it when this process is killed: one in a loop never learns that its channel closed. */
const bound = (options: readonly string[]): { readonly execPath: string; readonly execArgv: string[] } =>
  existsSync(setpriv)
    ? { execPath: setpriv, execArgv: ['--pdeathsig', 'KILL', process.execPath, ...options] }
    : { execPath: process.execPath, execArgv: [...options] };

/** One plug-in in a process of its own, which is started again when it is needed and has ended. */
export class PluginProcess {
  readonly manifest: PluginManifest;
  readonly #accept: () => Promise<void>;
  #child: ChildProcess | null = null;
  #starting: Promise<PluginDescription> | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #failures = 0;
  #notBefore = 0;
  #startedAt = 0;
  #stopped = false;
  /** Why the process was ended, for those who wait. */
  #verdict: string | null = null;
  #look: NodeJS.Timeout | null = null;

  /** `accept` is asked before each start: files may have changed since the last. What it throws is thrown by `start`. */
  constructor(manifest: PluginManifest, accept: () => Promise<void> = async () => {}) {
    this.manifest = manifest;
    this.#accept = accept;
  }

  /** Number of the running process, null when there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Starts the process unless it runs. Throws PluginError while the back-off lasts. */
  async start(): Promise<PluginDescription> {
    if (this.#stopped) throw new PluginError(`the plug-in ${this.manifest.name} is stopped`);
    if (this.#starting) return await this.#starting;
    const wait = this.#notBefore - Date.now();
    if (wait > 0)
      throw new PluginError(
        `the plug-in ${this.manifest.name} ended and starts again in ${Math.ceil(wait / 1000)} s at the earliest`,
      );
    this.#starting = this.#launch();
    this.#starting.catch(() => {
      // Who waits for the start is told; the next call tries again after the back-off.
      this.#starting = null;
    });
    return await this.#starting;
  }

  async #launch(): Promise<PluginDescription> {
    const { manifest } = this;
    await this.#accept();
    if (this.#stopped) throw new PluginError(`the plug-in ${manifest.name} is stopped`);
    return await new Promise((resolve, reject) => {
      const child = fork(join(import.meta.dirname, 'plugin-child.ts'), [], {
        serialization: 'advanced',
        ...bound([`--max-old-space-size=${manifest.memoryLimit}`, '--disable-warning=ExperimentalWarning']),
        env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      this.#child = child;
      this.#verdict = null;
      this.#startedAt = Date.now();
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new PluginError(`the plug-in ${manifest.name} did not start within ${startLimit / 1000} s`));
      }, startLimit);
      child.on('message', (message: FromPlugin) => {
        if (message.kind === 'ready') {
          clearTimeout(timer);
          resolve(message.description);
        } else if (message.kind === 'failed') {
          child.kill('SIGKILL');
          reject(new PluginError(`the plug-in ${manifest.name} could not be loaded: ${message.message}`));
        } else this.#answer(message);
      });
      const ended = (reason: string): void => {
        clearTimeout(timer);
        const error = new PluginError(`the plug-in ${manifest.name} ${reason}`);
        reject(error);
        this.#ended(child, error);
      };
      child.once('error', (error) => ended(`could not be run: ${error.message}`));
      child.once('exit', (code, signal) => ended(this.#verdict ?? `ended (${signal ?? `exit code ${code}`})`));
      this.#post({ kind: 'load', as: manifest.kind, module: manifest.module, settings: manifest.settings });
    });
  }

  #ended(child: ChildProcess, error: PluginError): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#starting = null;
    this.#failures = Date.now() - this.#startedAt > settled ? 1 : this.#failures + 1;
    this.#notBefore = Date.now() + backOff[Math.min(this.#failures, backOff.length - 1)]!;
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: number): Waiting | null {
    const waiting = this.#waiting.get(id);
    if (!waiting) return null;
    this.#waiting.delete(id);
    if (waiting.timer) clearTimeout(waiting.timer);
    if (this.#waiting.size === 0 && this.#look) {
      clearInterval(this.#look);
      this.#look = null;
    }
    return waiting;
  }

  #answer(message: Answer): void {
    this.#take(message.id)?.resolve(message);
  }

  #post(message: ToPlugin): void {
    // A channel that closes meanwhile shows as the end of the process, which fails everything that waits.
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  newId(): number {
    return this.#next++;
  }

  /** Sends without an answer. */
  tell(message: ToPlugin): void {
    this.#post(message);
  }

  /** Sends and waits. A process that does not answer within its time limit is ended, for it may be in a loop. */
  ask(message: Extract<ToPlugin, { readonly id: number }>, signal: AbortSignal, limited: boolean): Promise<Answer> {
    const { name, timeLimit } = this.manifest;
    return new Promise((resolve, reject) => {
      if (!this.#child) return reject(new PluginError(`the plug-in ${name} does not run`));
      const onAbort = (): void => {
        this.#take(message.id);
        this.#post({ kind: 'close', id: message.id });
        reject(signal.reason);
      };
      const done =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', onAbort);
          then(value);
        };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const late = () => this.#end(`did not answer within ${timeLimit} ms and was ended`);
      const timer = limited ? setTimeout(late, timeLimit) : null;
      this.#look ??= setInterval(() => this.#checkMemory(), lookMs);
      this.#waiting.set(message.id, { resolve: done(resolve), reject: done(reject), timer });
      this.#post(message);
    });
  }

  #end(verdict: string): void {
    this.#verdict ??= verdict;
    this.#child?.kill('SIGKILL');
  }

  /** What lies outside of the engine's heap (buffers, for one) is not bounded by the engine. */
  #checkMemory(): void {
    const { memoryLimit } = this.manifest;
    if (this.#child?.pid && residentMemory(this.#child.pid) > (memoryLimit + ownMemory) * 2 ** 20)
      this.#end(`took more than ${memoryLimit} MB of memory and was ended`);
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }
}
