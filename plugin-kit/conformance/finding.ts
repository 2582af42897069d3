/** Something about a provider that is wrong (`error`) or will surprise its users (`warning`). */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** The class it is about, null for the provider as a whole. */
  readonly className: string | null;
  readonly message: string;
}
