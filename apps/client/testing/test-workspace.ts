import { defaultPolicy, type GrantedWorkspace, type Policy } from '@atelier/domain/workspaces';

/** A workspace as a grant names it, for tests. */
export function testWorkspace(
  change: Partial<GrantedWorkspace> = {},
  update: Partial<Policy['update']> = {},
  vm: Partial<Policy['vm']> = {},
): GrantedWorkspace {
  return {
    workspaceId: '01HZZZZZZZZZZZZZZZZZZZZZZW',
    name: 'lab',
    description: 'a lab',
    supportContact: '',
    enabled: true,
    type: 'persistent',
    image: 'debian-lab',
    channel: 'stable',
    version: 1,
    policyRevision: 1,
    policy: {
      ...defaultPolicy,
      vm: { ...defaultPolicy.vm, memory: { fixedMiB: 256 }, ...vm },
      update: { ...defaultPolicy.update, ...update },
    },
    limits: {
      enabled: true,
      expiresOn: null,
      offlineLimitMinutes: null,
      deleteWhen: { disabled: false, expired: false, offlineExceeded: false },
      clipboard: 'none',
      fileTransfer: 'none',
      printing: false,
      cdDvd: false,
    },
    ...change,
  };
}
