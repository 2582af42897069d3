import { createHash, randomBytes } from 'node:crypto';

/** A new secret of 256 random bits behind a prefix that says what it is (and lets scanners for leaked secrets find it). */
export const newSecret = (prefix: 'ats_' | 'atl_' | 'atu_'): string => prefix + randomBytes(32).toString('base64url');

/** How a secret is kept. It is random and long, so a plain hash is as good as a slow one. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();
