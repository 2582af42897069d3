import type { Capability, OperationUser } from '@atelier/plugin-kit';

/** Whether a user may do something to a resource: asked in one place, for every operation. */
export type Authorization = (user: OperationUser, resourceUri: string, verb: Capability) => boolean;

/** Administrators may do everything, others nothing: what Windows' RootSDDL says of remote management. */
export const administratorsOnly: Authorization = (user) => user.administrator;

/** Allows what one of the rules allows: the longest prefix of a resource URI decides, `*` is every verb. */
export function byRules(
  rules: readonly {
    readonly uri: string;
    readonly verbs: readonly (Capability | '*')[];
    readonly users: readonly string[];
  }[],
): Authorization {
  const sorted = rules.toSorted((a, b) => b.uri.length - a.uri.length);
  return (user, resourceUri, verb) => {
    if (user.administrator) return true;
    const uri = resourceUri.toLowerCase();
    const rule = sorted.find((one) => uri.startsWith(one.uri.toLowerCase()) && one.users.includes(user.name));
    return rule?.verbs.some((one) => one === '*' || one === verb) ?? false;
  };
}
