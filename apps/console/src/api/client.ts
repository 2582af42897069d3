import { createClient } from '@atelier/api';
import { fetchTransport } from './transport.ts';

/** The server, as typed functions. */
export const api = createClient(fetchTransport);
