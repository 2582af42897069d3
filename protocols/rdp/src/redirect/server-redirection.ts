import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { RdpError } from '../rdp-error.ts';
import { certificateContainer, readCertificateContainer } from './certificate-container.ts';
import type { Redirection, RedirectionPassword } from './redirection.ts';
import { redirectionFlag as flag } from './redirection-flags.ts';

/** What stock clients take at most, in bytes with the NUL (FreeRDP 2; others take more). */
const most = { address: 80, user: 512, domain: 52, password: 512, fqdn: 512, netbios: 32 } as const;

const securityRedirection = 0x0400;

/**
 * Writes the Server Redirection Packet ([MS-RDPBCGR] 2.2.13.1), fields in the specification's order. Throws "limits" for fields
 * that clients would refuse: a client that meets one ends the connection without a word.
 */
export function writeServerRedirection(redirection: Redirection): Buffer {
  const fields = new ByteWriter();
  let flags = 0;
  const field = (bit: number, bytes: Uint8Array | undefined) => {
    if (bytes === undefined) return;
    flags |= bit;
    fields.u32(bytes.length).bytes(bytes);
  };
  const text = (value: string | undefined, limit: number, what: string) => {
    if (value === undefined) return undefined;
    const bytes = Buffer.from(`${value}\0`, 'utf16le');
    if (bytes.length > limit) throw new RdpError('limits', `the redirection's ${what} is longer than clients take`);
    return bytes;
  };
  field(flag.targetNetAddress, text(redirection.targetAddress, most.address, 'address'));
  field(flag.loadBalanceInfo, withLineEnd(redirection.loadBalanceInfo));
  field(flag.userName, text(redirection.userName, most.user, 'user name'));
  field(flag.domain, text(redirection.domain, most.domain, 'domain'));
  if (redirection.password?.kind === 'encrypted') flags |= flag.passwordIsPkEncrypted;
  field(flag.password, passwordBytes(redirection.password, text));
  field(flag.targetFqdn, text(redirection.targetFqdn, most.fqdn, 'FQDN'));
  field(flag.targetNetbiosName, text(redirection.targetNetbiosName, most.netbios, 'NetBIOS name'));
  field(flag.clientTsvUrl, text(redirection.tsvUrl, most.fqdn, 'tsv:// address'));
  field(flag.redirectionGuid, base64Text(redirection.redirectionGuid));
  const certificate = redirection.targetCertificate;
  field(flag.targetCertificate, certificate && base64Text(certificateContainer(certificate)));
  field(flag.targetNetAddresses, addressList(redirection.targetAddresses, text));
  if (redirection.doNotStoreUserName) flags |= flag.doNotStoreUserName;
  if (redirection.smartcardLogon) flags |= flag.smartcardLogon;
  if (redirection.noRedirect) flags |= flag.noRedirect;
  if (redirection.serverTsvCapable) flags |= flag.serverTsvCapable;
  const length = 12 + fields.length;
  if (length > 0x3f00) throw new RdpError('limits', `a redirection of ${length} bytes does not fit into one message`);
  return new ByteWriter()
    .u16(securityRedirection, length)
    .u32(redirection.sessionId ?? 0, flags)
    .bytes(fields.done())
    .done();
}

type Text = (value: string | undefined, limit: number, what: string) => Buffer | undefined;

/** Clients send the bytes back verbatim in place of a whole line, so the line end belongs to them. */
function withLineEnd(token: Uint8Array | undefined): Buffer | undefined {
  if (!token) return undefined;
  const bytes = Buffer.from(token);
  return bytes.subarray(-2).toString('latin1') === '\r\n' ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')]);
}

const passwordBytes = (password: RedirectionPassword | undefined, text: Text): Uint8Array | undefined =>
  password?.kind === 'encrypted' ? password.cookie : text(password?.password, most.password, 'password');

const base64Text = (bytes: Uint8Array | undefined): Buffer | undefined =>
  bytes && Buffer.from(`${Buffer.from(bytes).toString('base64')}\0`, 'utf16le');

/** TARGET_NET_ADDRESSES ([MS-RDPBCGR] 2.2.13.1.1). */
function addressList(addresses: readonly string[] | undefined, text: Text): Buffer | undefined {
  if (!addresses) return undefined;
  const list = new ByteWriter().u32(addresses.length);
  for (const address of addresses) {
    const bytes = text(address, most.address, 'address')!;
    list.u32(bytes.length).bytes(bytes);
  }
  return list.done();
}

/** Reads the packet, as a client would. Throws `RdpError`. */
export function readServerRedirection(bytes: Uint8Array): Redirection {
  const whole = new ByteReader(bytes, 'the Server Redirection Packet');
  if (whole.u16() !== securityRedirection) throw whole.wrong('its flags are not SEC_REDIRECTION_PKT');
  const length = whole.u16();
  if (length < 12) throw whole.wrong(`a length of ${length} is too short`);
  const reader = whole.part(length - 4);
  const sessionId = reader.u32();
  const flags = reader.u32();
  const field = (bit: number) => ((flags & bit) === 0 ? undefined : reader.part(reader.u32()));
  const text = (bit: number) => optional(field(bit), (part) => part.utf16(part.left));
  const base64 = (bit: number) => optional(text(bit), (value) => new Uint8Array(Buffer.from(value, 'base64')));
  const found = {
    sessionId,
    targetAddress: text(flag.targetNetAddress),
    loadBalanceInfo: optional(field(flag.loadBalanceInfo), withoutLineEnd),
    userName: text(flag.userName),
    domain: text(flag.domain),
    password: optional(field(flag.password), (part) => readPassword(part, flags)),
    targetFqdn: text(flag.targetFqdn),
    targetNetbiosName: text(flag.targetNetbiosName),
    tsvUrl: text(flag.clientTsvUrl),
    redirectionGuid: base64(flag.redirectionGuid),
    targetCertificate: optional(base64(flag.targetCertificate), readCertificateContainer),
    targetAddresses: optional(field(flag.targetNetAddresses), readAddressList),
    doNotStoreUserName: (flags & flag.doNotStoreUserName) !== 0 || undefined,
    smartcardLogon: (flags & flag.smartcardLogon) !== 0 || undefined,
    noRedirect: (flags & flag.noRedirect) !== 0 || undefined,
    serverTsvCapable: (flags & flag.serverTsvCapable) !== 0 || undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const optional = <From, To>(value: From | undefined, map: (value: From) => To): To | undefined =>
  value === undefined ? undefined : map(value);

function withoutLineEnd(part: ByteReader): Uint8Array {
  const bytes = part.rest();
  return new Uint8Array(bytes.subarray(-2).toString('latin1') === '\r\n' ? bytes.subarray(0, -2) : bytes);
}

function readPassword(part: ByteReader, flags: number): RedirectionPassword {
  if ((flags & flag.passwordIsPkEncrypted) !== 0) return { kind: 'encrypted', cookie: new Uint8Array(part.rest()) };
  return { kind: 'clear', password: part.utf16(part.left) };
}

function readAddressList(part: ByteReader): string[] {
  const count = part.u32();
  if (count > 64) throw new RdpError('limits', 'a redirection names more than 64 addresses');
  return Array.from({ length: count }, () => part.utf16(part.u32()));
}
