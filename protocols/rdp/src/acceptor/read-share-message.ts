import type { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { readSlowPathInput } from '../input/read-slow-path-input.ts';
import { ioChannel, serverUser } from '../mcs/channel-ids.ts';
import { sendData } from '../mcs/domain-message.ts';
import type { ClientCapabilities } from '../share/client-capabilities.ts';
import { readConfirmActive } from '../share/confirm-active.ts';
import { dataPdu, dataPduBytes, readDataPdu, readSharePdu, sharePdu } from '../share/share-header.ts';
import type { AcceptorEvent, Area } from './acceptor.ts';

/** What one share PDU of a client brings. */
export interface ShareMessage {
  readonly send: readonly Uint8Array[];
  readonly event: readonly AcceptorEvent[];
  readonly capabilities?: ClientCapabilities;
  /** The last message of the activation came. */
  readonly fontList?: boolean;
}

const nothing: ShareMessage = { send: [], event: [] };
const answer = (type: number, content: Uint8Array): Uint8Array => sendData(ioChannel, dataPduBytes(type, content));
const event = (...events: readonly AcceptorEvent[]): ShareMessage => ({ send: [], event: events });

/** Reads one share PDU of the client with this MCS user, from Demand Active on ([MS-RDPBCGR] 1.3.1.1, connection finalization). Throws `RdpError`. */
export function readShareMessage(data: Uint8Array, user: number): ShareMessage {
  const pdu = readSharePdu(data);
  if (!pdu) return nothing;
  if (pdu.type === sharePdu.confirmActive) return { ...nothing, capabilities: readConfirmActive(pdu.content) };
  if (pdu.type !== sharePdu.data) return nothing;
  const { type, content } = readDataPdu(pdu.content);
  switch (type) {
    case dataPdu.synchronize:
      return { ...nothing, send: [answer(dataPdu.synchronize, new ByteWriter().u16(1, serverUser).done())] };
    case dataPdu.control:
      return { ...nothing, send: control(content.u16(), user) };
    case dataPdu.fontList:
      // Font Map: no entries, first and last of the sequence, entries of four bytes.
      return { ...nothing, send: [answer(dataPdu.fontMap, new ByteWriter().u16(0, 0, 3, 4).done())], fontList: true };
    case dataPdu.input:
      return event(...readSlowPathInput(content).map((input) => ({ kind: 'input' as const, event: input })));
    case dataPdu.refreshRect:
      return event({ kind: 'refresh', areas: readAreas(content) });
    case dataPdu.suppressOutput:
      return suppressOutput(content);
    case dataPdu.shutdownRequest:
      return event({ kind: 'shutdown-request' });
    default:
      return nothing;
  }
}

/** Control PDU: 1 request, 4 cooperate; answered by 2 granted, 4 cooperate. */
function control(action: number, user: number): Uint8Array[] {
  if (action === 4) return [answer(dataPdu.control, new ByteWriter().u16(4, 0).u32(0).done())];
  if (action === 1) return [answer(dataPdu.control, new ByteWriter().u16(2, user).u32(serverUser).done())];
  return [];
}

/** Areas on the wire are inclusive ([MS-RDPBCGR] 2.2.11.1). */
const readArea = (content: ByteReader): Area => ({
  left: content.u16(),
  top: content.u16(),
  right: content.u16() + 1,
  bottom: content.u16() + 1,
});

function readAreas(content: ByteReader): Area[] {
  const count = content.u8();
  content.skip(3);
  return Array.from({ length: count }, () => readArea(content));
}

function suppressOutput(content: ByteReader): ShareMessage {
  const visible = content.u8() !== 0;
  return visible
    ? event({ kind: 'visible', visible }, { kind: 'refresh', areas: null })
    : event({ kind: 'visible', visible });
}
