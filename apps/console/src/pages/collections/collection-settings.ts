import type { CollectionView } from '@atelier/api';

/** What a collection's form holds. */
export type CollectionSettings = Pick<
  CollectionView,
  | 'name'
  | 'description'
  | 'kind'
  | 'enabled'
  | 'loadBalancing'
  | 'maxSessions'
  | 'singleSession'
  | 'pendingPenalty'
  | 'pendingSeconds'
  | 'startSeconds'
  | 'redirectMode'
  | 'targetSignIn'
  | 'vm'
>;

/** What a new collection begins with; the contract has the same defaults. */
export const usualSettings: CollectionSettings = {
  name: '',
  description: '',
  kind: 'session-hosts',
  enabled: true,
  loadBalancing: 'least-connections',
  maxSessions: null,
  singleSession: false,
  pendingPenalty: 1,
  pendingSeconds: 120,
  startSeconds: 180,
  redirectMode: 'token',
  targetSignIn: 'same-password',
  vm: {},
};

/** The form's part of a collection. */
export const settingsOf = (one: CollectionView): CollectionSettings =>
  Object.fromEntries(
    Object.keys(usualSettings).map((key) => [key, one[key as keyof CollectionSettings]]),
  ) as unknown as CollectionSettings;
