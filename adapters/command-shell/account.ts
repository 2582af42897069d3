import type { OperationContext } from '@atelier/plugin-kit';
import { WsmanFault } from '@atelier/wsman';

/** Whom a caller's programs run as; `change` when that is not this process's own user already. Throws AccessDenied when there is nobody, or we may not. */
export function accountOf(context: OperationContext) {
  const { account, name } = context.user;
  const denied = (reason: string) =>
    new WsmanFault({ code: 'Sender', subcode: 'wsman:AccessDenied', number: 5, reason });
  if (!account) throw denied(`${name} has no account on this machine that a command could run as`);
  const own = process.getuid?.() ?? 0;
  if (own !== 0 && own !== account.uid) throw denied('this service may not run commands as another user');
  return { account, change: own === 0 };
}
