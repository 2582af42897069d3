import type { ConnectionRequest } from '@atelier/domain/broker';
import { cleanText } from './clean-text.ts';

const longestProgram = 4000;

/** What a session's row has from its request, clean. */
export const askedOf = ({ user, domain, initialProgram, client }: ConnectionRequest) => ({
  user: cleanText(user),
  domain: cleanText(domain),
  initialProgram: cleanText(initialProgram, longestProgram),
  display: client.display,
  clientAddress: cleanText(client.address),
  clientName: cleanText(client.name),
});
