import type { InstanceAction } from '@atelier/api';
import { api } from '../../api/client.ts';
import { useAct } from '../../components/use-act.ts';

/** Asks one of the own computers to act on a workspace. */
export const useMyAct = (workspaceId: string, endpointId: string, quiet = false) =>
  useAct(
    ({ action, ...rest }: { action: InstanceAction; version?: number; password?: string }) =>
      api.my.command({ params: { workspaceId }, body: { endpointId, action, ...rest } }),
    { touches: ['my'], quiet },
  );
