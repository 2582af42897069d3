import type { TargetView } from '@atelier/api';

/** The id of the job of a plug-in that keeps people off a target while it works there, as brokers write it; null without one. */
export const jobOn = ({ state, stateDetail }: Pick<TargetView, 'state' | 'stateDetail'>): string | null =>
  state === 'initializing' ? (/^job ([0-9A-HJKMNP-TV-Z]{26}) holds it; /.exec(stateDetail)?.[1] ?? null) : null;
