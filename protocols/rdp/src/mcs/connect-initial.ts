import { ByteReader } from '../byte-reader.ts';
import { readBer, readBerLength } from './ber.ts';
import type { ClientData } from './client-data.ts';
import { readPerLength } from './per.ts';
import { readClientData } from './read-client-data.ts';

/** T.124 object key, then connect-PDU length: what every GCC Conference Create Request begins with. */
const conferenceKey = Buffer.from('000500147c0001', 'hex');
/** Conference name "1", one set of user data, key "Duca" ([MS-RDPBCGR] 4.1.3). */
const createRequest = Buffer.from('000800100001c00044756361', 'hex');

/** Reads MCS Connect Initial with its GCC Conference Create Request ([MS-RDPBCGR] 2.2.1.3). Throws `RdpError`. */
export function readConnectInitial(bytes: Uint8Array): ClientData {
  const outer = new ByteReader(bytes, 'the MCS Connect Initial');
  if (outer.u16be() !== 0x7f65) throw outer.wrong('it is another message');
  const reader = outer.part(readBerLength(outer));
  readBer(reader, 0x04); // calling domain
  readBer(reader, 0x04); // called domain
  readBer(reader, 0x01); // upward
  for (let parameters = 0; parameters < 3; parameters++) readBer(reader, 0x30);
  const conference = readBer(reader, 0x04);
  if (!conference.bytes(conferenceKey.length).equals(conferenceKey)) throw reader.wrong('it holds no T.124 conference');
  // The connect-PDU's length is not reliable; what follows says its own.
  readPerLength(conference);
  if (!conference.bytes(createRequest.length).equals(createRequest))
    throw reader.wrong('it does not create a conference as RDP clients do');
  return readClientData(conference.part(readPerLength(conference), 'the client data'));
}
