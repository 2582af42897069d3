import { describe, expect, it } from 'vitest';
import { readServerRedirection } from '../redirect/server-redirection.ts';
import { sampleClient, toActive, toClientInfo } from '../testing/sample-client.ts';
import type { Acceptor, AcceptorEvent } from './acceptor.ts';
import { createAcceptor } from './rdp-acceptor.ts';

function feed(acceptor: Acceptor, messages: readonly Uint8Array[]) {
  const send: Uint8Array[] = [];
  const events: AcceptorEvent[] = [];
  for (const message of messages) {
    const step = acceptor.receive(message);
    send.push(...step.send);
    events.push(...step.events);
  }
  return { send, events };
}

const hex = (messages: readonly Uint8Array[]) => messages.map((one) => Buffer.from(one).toString('hex'));

function identified() {
  const acceptor = createAcceptor({ requestedProtocols: 3 });
  return { acceptor, ...feed(acceptor, toClientInfo) };
}

function active() {
  const { acceptor } = identified();
  acceptor.activate();
  return { acceptor, ...feed(acceptor, toActive) };
}

const redirection = { loadBalanceInfo: new Uint8Array(Buffer.from('Cookie: msts=abc')) };

describe('the way to Client Info', () => {
  it('reads what xfreerdp says of itself and its user', () => {
    const { acceptor, events } = identified();
    expect(events).toMatchObject([
      {
        kind: 'client-data',
        data: {
          core: {
            desktopWidth: 800,
            desktopHeight: 600,
            colorDepth: 32,
            keyboardLayout: 0x407,
            clientName: 'lab-pc',
            supportsErrorInfo: true,
            supportsStatusInfo: false,
            skipsChannelJoin: false,
            serverSelectedProtocol: 1,
          },
          cluster: { redirectionSupported: true, redirectionVersion: 4, redirectedSessionId: null },
          channels: [{ name: 'rdpdr' }, { name: 'rdpsnd' }, { name: 'drdynvc' }],
          monitors: [],
        },
      },
      {
        kind: 'client-info',
        info: {
          domain: 'CORP',
          userName: 'éva',
          password: 'pässword',
          autoLogon: true,
          extended: {
            clientAddress: '127.0.0.1',
            timeZone: { bias: 0, standardName: 'Coordinated Universal Time' },
            performanceFlags: 0x180,
            autoReconnect: null,
          },
        },
      },
    ]);
    expect(acceptor.state).toBe('identified');
  });

  it('answers with channels, user and licence', () => {
    const sent = hex(identified().send);
    // rdesktop counts on one octet of length behind the object key, with any value.
    expect(sent[0]).toContain('000500147c0001' + '2a' + '14760a01010001c0004d63446e');
    // SC_CORE with the protocols that the client asked for; SC_NET with three channels, padded.
    expect(sent[0]).toContain('010c1000' + '04000800' + '03000000' + '00000000');
    expect(sent[0]).toContain('030c1000' + 'eb03' + '0300' + 'ec03ed03ee030000');
    expect(sent.slice(1, 3)).toEqual(['0300000b02f0802e000006', '0300000f02f0803e00000603ef03ef']);
    expect(sent.at(-1)).toBe('0300002302f08068000103eb70801480000000ff031000070000000200000004000000');
  });

  it('is the same when the bytes come one by one, or all at once', () => {
    const all = Buffer.concat(toClientInfo);
    const expected = identified();
    const dripping = createAcceptor({ requestedProtocols: 3 });
    const drops = Array.from(all, (byte) => Uint8Array.of(byte));
    expect(feed(dripping, drops)).toEqual({ send: expected.send, events: expected.events });
    const atOnce = createAcceptor({ requestedProtocols: 3 });
    expect(feed(atOnce, [all])).toEqual({ send: expected.send, events: expected.events });
  });

  it('takes a client that joins no channels', () => {
    const acceptor = createAcceptor({ requestedProtocols: 3 });
    const { events } = feed(acceptor, [sampleClient.connectInitial, sampleClient.attachUser, sampleClient.clientInfo]);
    expect(events.at(-1)?.kind).toBe('client-info');
  });

  it('refuses what is not due, and is dead then', () => {
    const input = Uint8Array.of(0x04, 0x04, 0x00, 0x1e);
    for (const wrong of [sampleClient.clientInfo, sampleClient.fontList, input, Buffer.from('GET / HTTP/1.1')]) {
      const acceptor = createAcceptor({ requestedProtocols: 3 });
      expect(() => acceptor.receive(wrong)).toThrow(expect.objectContaining({ name: 'RdpError' }));
      expect(acceptor.state).toBe('ended');
      expect(acceptor.receive(sampleClient.connectInitial)).toEqual({ send: [], events: [] });
    }
  });

  it('refuses a client that joins channels without end', () => {
    const acceptor = createAcceptor({ requestedProtocols: 3 });
    acceptor.receive(sampleClient.connectInitial);
    const joins = Array.from({ length: 65 }, () => sampleClient.joins[0]!);
    expect(() => feed(acceptor, joins)).toThrow(expect.objectContaining({ reason: 'limits' }));
  });
});

describe('a redirection', () => {
  it('before the activation has the frame that FreeRDP 2 and 3 follow', () => {
    const { acceptor } = identified();
    expect(hex(acceptor.redirect({ targetAddress: '10.77.0.12' }))).toEqual([
      '0300003e02f080680001' +
        '03eb70802f' +
        '2f001a00ea03' +
        '0000' +
        '0004260000000000' +
        '01000000' +
        '16000000310030002e00370037002e0030002e00310032000000' +
        '00',
    ]);
    expect(acceptor.state).toBe('ended');
  });

  it('is possible from the active state, and nowhere else', () => {
    const { acceptor } = active();
    const [message] = acceptor.redirect(redirection);
    expect(readServerRedirection(message!.subarray(15 + 8))).toMatchObject(redirection);
    expect(() => acceptor.redirect(redirection)).toThrow(expect.objectContaining({ reason: 'out-of-order' }));
    expect(() => createAcceptor({ requestedProtocols: 3 }).redirect(redirection)).toThrow(/connecting/);
  });

  it('that is refused leaves the connection as it is', () => {
    const { acceptor } = identified();
    expect(() => acceptor.redirect({ domain: 'a'.repeat(99) })).toThrow(expect.objectContaining({ reason: 'limits' }));
    expect(acceptor.state).toBe('identified');
  });
});

describe('the activation', () => {
  it("offers the client's own desktop and ends in its capabilities", () => {
    const { acceptor } = identified();
    const [demand] = hex(acceptor.activate());
    expect(demand).toContain('02001c002000010001000100' + '2003' + '5802');
    const { send, events } = feed(acceptor, toActive);
    expect(acceptor.state).toBe('active');
    expect(events).toEqual([
      {
        kind: 'active',
        capabilities: {
          desktopWidth: 800,
          desktopHeight: 600,
          colorDepth: 32,
          fastPathOutput: true,
          noBitmapHeader: true,
          skipAlpha: true,
          maxRequestSize: 0,
          largePointer: false,
          keyboardLayout: 0x407,
        },
      },
    ]);
    // Synchronize, cooperate, granted, font map.
    expect(hex(send).map((one) => one.slice(58, 60))).toEqual(['1f', '14', '14', '28']);
  });

  it('does not become active without Confirm Active', () => {
    const { acceptor } = identified();
    acceptor.activate();
    feed(acceptor, toActive.slice(1));
    expect(acceptor.state).toBe('activating');
  });

  it('gives input of both paths', () => {
    const { acceptor } = active();
    const slow =
      '0300003102f08064000603eb708022' +
      '22001700ef03ea03010000' +
      '01' +
      '0600' +
      '1c' +
      '000000' +
      '0100' +
      '0000' +
      '00000000' +
      '0400' +
      '0080' +
      '1e00' +
      '0000';
    const { events } = feed(acceptor, [
      // Recorded: caps lock's state with a mouse move and a release, then the key of "a" down and up.
      Buffer.from('04800a20000800028001', 'hex'),
      Buffer.from('048005001e', 'hex'),
      Buffer.from('048005011e', 'hex'),
      Buffer.from(slow, 'hex'),
    ]);
    const key = { kind: 'key', code: 0x1e, extended: false, extended1: false };
    expect(events).toEqual([
      { kind: 'input', event: { kind: 'mouse', x: 512, y: 384, button: null, pressed: false, wheel: 0 } },
      { kind: 'input', event: { ...key, released: false } },
      { kind: 'input', event: { ...key, released: true } },
      { kind: 'input', event: { ...key, released: true } },
    ]);
  });

  it('paints nothing before, and bitmaps after', () => {
    const tile = { x: 0, y: 0, width: 64, height: 32, pixels: new Uint32Array(2048) };
    const { acceptor } = identified();
    expect([acceptor.paint([tile]), acceptor.pointer('hidden')]).toEqual([[], []]);
    const painted = active().acceptor.paint([tile]);
    expect(painted).toHaveLength(1);
    // Fast path, bitmap update, one rectangle.
    expect(hex(painted)[0]).toMatch(/^0080..01....01000100/);
  });
});

describe('the end', () => {
  it('with a reason tells the code before it hangs up', () => {
    const { acceptor } = identified();
    const sent = hex(acceptor.fail('cbSessionOnlineVmWake'));
    expect(sent).toHaveLength(2);
    expect(sent[0]).toMatch(/2f00000005040000$/);
    expect(sent[1]).toBe('0300000902f0802180');
    expect([acceptor.state, acceptor.fail('none')]).toEqual(['ended', []]);
  });

  it('before the client is known is only a hanging up', () => {
    const acceptor = createAcceptor({ requestedProtocols: 3 });
    expect(acceptor.fail('idleTimeout')).toEqual([]);
  });

  it('comes when the client says so', () => {
    const { acceptor } = active();
    const { events } = feed(acceptor, [Buffer.from('0300000902f0802180', 'hex')]);
    expect([events, acceptor.state]).toEqual([[{ kind: 'disconnect', reason: 3 }], 'ended']);
  });

  it('tells a status only to clients that know it', () => {
    expect(identified().acceptor.status('vmStarting')).toEqual([]);
    const knowing = Uint8Array.from(sampleClient.connectInitial);
    const early = Buffer.from(knowing).indexOf('e305', 0, 'hex');
    knowing[early] = 0xe7;
    const acceptor = createAcceptor({ requestedProtocols: 3 });
    feed(acceptor, [knowing, ...toClientInfo.slice(1)]);
    expect(hex(acceptor.status('vmStarting'))[0]).toMatch(/3600000003050000$/);
  });
});
