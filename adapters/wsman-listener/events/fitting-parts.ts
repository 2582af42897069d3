import type { ProviderEvent } from '@atelier/plugin-kit';
import { actions, encodedLength, writeXml } from '@atelier/wsman';

/** Bytes in UTF-8 that a message needs besides its events and bookmark. */
const around = 4096;

/** Parts of a batch that each fit into one message; the events that fit into none are left out and counted. */
export function fittingParts(
  events: readonly ProviderEvent[],
  largest: number,
  encoding: 'utf-8' | 'utf-16',
): { readonly parts: readonly (readonly ProviderEvent[])[]; readonly tooLarge: number } {
  const budget = largest - around * (encoding === 'utf-16' ? 2 : 1);
  const wrapping = `<w:Event Action="${actions.event}"></w:Event>`;
  const parts: ProviderEvent[][] = [];
  let room = 0;
  let tooLarge = 0;
  for (const one of events) {
    const size = encodedLength(writeXml(one.item) + wrapping, encoding);
    const mark = one.bookmark ? encodedLength(writeXml(one.bookmark), encoding) : 0;
    if (size + mark > budget) tooLarge++;
    else if (size + mark <= room) {
      parts.at(-1)!.push(one);
      room -= size;
    } else {
      parts.push([one]);
      room = budget - size;
    }
  }
  return { parts, tooLarge };
}
