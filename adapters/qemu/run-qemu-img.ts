import { spawn } from 'node:child_process';
import { AtelierError } from '@atelier/domain/errors';

export interface QemuImgOptions {
  readonly timeoutMs: number;
  /** The most address space that it may take: it reads files from outside. */
  readonly memoryBytes?: number;
  /** Ends that are as good as 0. */
  readonly alsoFine?: readonly number[];
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const outputLimit = 1024 * 1024;

/** Runs qemu-img and gives its standard output (1 MiB at most). Throws `vm.qemu-missing`, `image.bad-disk-file`, `vm.timeout`. */
export async function runQemuImg(args: readonly string[], options: QemuImgOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const limits = [`--as=${options.memoryBytes ?? 4 * 1024 ** 3}`, '--core=0'];
  const child = spawn('prlimit', [...limits, 'qemu-img', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C' },
  });
  let output = '';
  let words = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    options.onOutput?.(text);
    if (output.length < outputLimit) output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4096);
  });
  let timedOut = false;
  const end = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) => reject(missing(cause.message)));
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (timedOut) throw new AtelierError('vm.timeout', `qemu-img ${args[0]} took longer than ${timeoutMs / 1000} s`);
    if (code === 127) throw missing(words.trim());
    if (code !== 0 && !options.alsoFine?.includes(code ?? -1))
      throw new AtelierError('image.bad-disk-file', words.trim().split('\n').at(-1) || `qemu-img ended with ${code}`);
    return output;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

const missing = (words: string) => new AtelierError('vm.qemu-missing', `"qemu-img" cannot be started: ${words}`);
