import type { DatabaseHandle } from '@atelier/adapters/postgres';

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The server can work without it: it is shown, and does not count for readiness. */
  readonly optional?: boolean;
}
export type Check = () => Promise<Omit<CheckResult, 'name'>>;

const withinMs = 3_000;

/** The named checks of a server; capabilities add theirs. */
export class Checks {
  readonly #checks = new Map<string, Check>();

  constructor(database: DatabaseHandle) {
    this.add('database', async () => {
      const ok = await database.isReady();
      return { ok, detail: ok ? 'answers' : 'does not answer' };
    });
  }

  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Runs all at once; one that throws or takes longer than 3 seconds has failed. */
  run(): Promise<CheckResult[]> {
    return Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<Omit<CheckResult, 'name'>>((resolve) => {
          timer = setTimeout(() => resolve({ ok: false, detail: 'did not answer in time' }), withinMs);
        });
        const result = await Promise.race([check(), late]).catch((error: Error) => ({
          ok: false,
          detail: error.message,
        }));
        clearTimeout(timer);
        return { name, ...result };
      }),
    );
  }
}
