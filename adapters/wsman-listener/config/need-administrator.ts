import type { OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';

/** The settings say who may do what: whoever could change them could do everything, so RootSDDL alone does not open them. Throws AccessDenied. */
export function needAdministrator({ user }: OperationContext): void {
  if (!user.administrator)
    throw fault('accessDenied', { reason: 'only administrators of this machine change its settings' });
}
