import { type FruInventory, getFruInfo, IpmiError, readFruData, readFruInfo, readFruInventory } from '@atelier/ipmi';
import { ask, type IpmiTransport } from './ipmi-transport.ts';

const partSize = 16;
/** Parts describe themselves in a few hundred bytes; more is a broken controller. */
const mostBytes = 8192;

/** What a part says of itself, null when it has nothing to say or is not there. */
export async function readFru(
  transport: IpmiTransport,
  fruId: number,
  signal?: AbortSignal,
): Promise<FruInventory | null> {
  try {
    const { size, words } = readFruInfo(await ask(transport, getFruInfo(fruId), 'asking for a part', signal));
    const unit = words ? 2 : 1;
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    let at = 0;
    while (at < bytes.length) {
      const count = Math.min(partSize, bytes.length - at);
      const answer = await ask(
        transport,
        readFruData(fruId, at / unit, Math.ceil(count / unit)),
        'reading a part',
        signal,
      );
      const part = answer.subarray(1, 1 + answer[0]! * unit);
      if (part.length === 0) break;
      bytes.set(part.subarray(0, bytes.length - at), at);
      at += part.length;
    }
    return at < 8 ? null : readFruInventory(bytes.subarray(0, at));
  } catch (error) {
    if (error instanceof IpmiError && error.failure === 'completion') return null;
    throw error;
  }
}
