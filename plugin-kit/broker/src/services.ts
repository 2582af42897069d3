/** What the broker does for plug-ins, so that they need no credentials of their own. */
export interface Services {
  /**
   * Switches the machine of a target by its management controller, or otherwise as the administrator set it up. Resolves when the controller took the
   * command, not when the machine has started. Rejects when the target has no known way to be switched.
   */
  power(targetName: string, action: PowerAction): Promise<void>;
  /** Whether the machine has power; `unknown` when nobody can tell. */
  powerState(targetName: string): Promise<'on' | 'off' | 'unknown'>;
}

/** `off` and `cycle` are hard; `soft-off` asks the operating system. */
export type PowerAction = 'on' | 'off' | 'soft-off' | 'cycle';
