import { type Me, may, type Permission, type ScopedObject } from '@atelier/api';
import { createContext, useContext } from 'react';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext.Provider;

/** Who is signed in. Only below the sign-in gate. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe is called where nobody is signed in');
  return me;
}

/** Asks whether the signed-in person may do something, on an object if one is named. The server decides again. */
export function useMay(): (permission: Permission, ...objects: (ScopedObject | undefined)[]) => boolean {
  const me = useMe();
  const authority = { bindings: me.bindings, limitedTo: null };
  return (permission, ...objects) =>
    me.permissions.includes(permission) ||
    may(authority, permission) ||
    objects.some((object) => object !== undefined && may(authority, permission, object));
}
