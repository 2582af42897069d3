import { z } from 'zod';

/** A person's computer, as the server sees it. */
export const endpointStateSchema = z.enum(['enrolled', 'online', 'offline', 'revoked', 'wiped']);
export type EndpointState = z.infer<typeof endpointStateSchema>;
