/** Hosts tell of their sessions once a minute, or are asked more often: after so many milliseconds without a word they count as silent. */
export const hostPatienceMs = 5 * 60_000;

/** Since when a host says nothing of its sessions; null while it does, and for one that never did. */
export const hostSilentSince = (heardAt: Date | null, now: Date): Date | null =>
  heardAt !== null && now.getTime() - heardAt.getTime() > hostPatienceMs ? heardAt : null;
