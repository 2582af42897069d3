/** What one check of the doctor found. Anything but `ok` has a cause and a fix. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'error' | 'skipped';
  readonly detail: string;
  readonly cause?: string;
  readonly fix?: string;
}

/** One check; it never throws for what it looks for. */
export type Check = (signal: AbortSignal) => Promise<Finding | readonly Finding[]>;

export const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail });
export const skipped = (check: string, detail: string): Finding => ({ check, state: 'skipped', detail });
