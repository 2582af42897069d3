import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Connection, followChanges } from '../api/changes.ts';

/** Keeps the one change stream open and says how it is. */
export function useConnection(): Connection {
  const queries = useQueryClient();
  const [state, setState] = useState<Connection>('connecting');
  useEffect(() => followChanges(queries, setState), [queries]);
  return state;
}
