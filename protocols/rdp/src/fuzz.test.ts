import { describe, expect, it } from 'vitest';
import {
  createAcceptor,
  createLobby,
  isRdpError,
  peekOpening,
  readConnectionConfirm,
  readRdstlsRequest,
  writeRdstlsCapabilities,
} from '../index.ts';
import { hexBytes } from './byte-writer.ts';
import { readFastPathInput } from './input/read-fast-path-input.ts';
import { writeConnectionConfirm } from './opening/connection-confirm.ts';
import { readConnectionRequest, writeConnectionRequest } from './opening/connection-request.ts';
import { readPreconnection, writePreconnection } from './opening/preconnection.ts';
import { readServerRedirection, writeServerRedirection } from './redirect/server-redirection.ts';
import { sampleClient, toActive, toClientInfo } from './testing/sample-client.ts';
import { mutate, seededRandom } from './testing/seeded-random.ts';

const random = seededRandom(20261121);

/** Runs `count` cases: each passes or is refused by an RdpError. Gives how many passed. */
function fuzz(count: number, samples: readonly Uint8Array[], run: (input: Uint8Array) => void): number {
  let passed = 0;
  for (let n = 0; n < count; n++) {
    const input = mutate(random, samples[n % samples.length]!);
    try {
      run(input);
      passed++;
    } catch (error) {
      if (!isRdpError(error)) throw new Error(`fuzz case ${Buffer.from(input).toString('hex')}`, { cause: error });
    }
  }
  return passed;
}

const request = hexBytes('0300002924e00000000000436f6f6b69653a206d737473686173683d626f620d0a0100080003000000');
const correlated = writeConnectionRequest({
  cookie: null,
  routingToken: Buffer.from('Cookie: msts=201346314.15629.0000'),
  negotiation: { flags: 0, protocols: 3 },
  correlationId: new Uint8Array(16),
});
const openings = [
  request,
  correlated,
  Buffer.concat([writePreconnection({ id: 1, blob: 'ticket' }), request]),
  Buffer.concat([writePreconnection({ id: 1, blob: null }), correlated]),
];
const inputs = ['0c8008010f60010f', '04800a20000800028001', '048005001e', '10048041009041'].map(hexBytes);

describe('hostile bytes', () => {
  it('before TLS are read, or named malformed: 60,000 cases', () => {
    let opened = 0;
    fuzz(40_000, openings, (input) => {
      const peeked = peekOpening(input);
      if (peeked.kind === 'opening') opened++;
      if (peeked.kind === 'more') expect(input.length).toBeLessThan(4096);
    });
    expect(opened).toBeGreaterThan(4000);
    fuzz(10_000, openings, readConnectionRequest);
    fuzz(5_000, openings, readPreconnection);
    fuzz(5_000, [writeConnectionConfirm(1, 1)], readConnectionConfirm);
  });

  it('in the way to Client Info are refused in order: 20,000 cases', () => {
    const passed = fuzz(10_000, [sampleClient.connectInitial], (input) => {
      createAcceptor({ requestedProtocols: 3 }).receive(input);
    });
    expect(passed).toBeGreaterThan(500);
    fuzz(10_000, [...toClientInfo.slice(1), sampleClient.clientInfo], (input) => {
      const acceptor = createAcceptor({ requestedProtocols: 3 });
      acceptor.receive(sampleClient.connectInitial);
      acceptor.receive(input);
    });
  });

  it('while active are refused in order: 20,000 cases', () => {
    const fresh = () => {
      const acceptor = createAcceptor({ requestedProtocols: 3 });
      for (const message of toClientInfo) acceptor.receive(message);
      acceptor.activate();
      return acceptor;
    };
    let acceptor = fresh();
    const passed = fuzz(20_000, [...toActive, ...inputs], (input) => {
      if (acceptor.state === 'ended' || random() < 0.05) acceptor = fresh();
      acceptor.receive(input);
      acceptor.pointer('arrow');
    });
    expect(passed).toBeGreaterThan(2000);
  });

  it('in redirections and RDSTLS are refused in order: 10,000 cases', () => {
    const sample = writeServerRedirection({
      targetAddress: '10.0.0.1',
      loadBalanceInfo: Buffer.from('Cookie: msts=abc'),
      password: { kind: 'clear', password: 'x' },
      targetCertificate: Uint8Array.of(0x30, 0),
      targetAddresses: ['10.0.0.1'],
    });
    expect(fuzz(5_000, [sample], readServerRedirection)).toBeGreaterThan(100);
    const guid = '0100020001000400410000000c006300610072006f006c0000000200000003000a0b0c';
    expect(fuzz(5_000, [hexBytes(guid), writeRdstlsCapabilities()], readRdstlsRequest)).toBeGreaterThan(100);
  });

  it('as input never upset a form: 5,000 cases', () => {
    const lobby = createLobby({ width: 320, height: 240, keyboardLayout: 0x40c });
    lobby.show({
      kind: 'sign-in',
      product: '',
      title: '',
      subtitle: '',
      userLabel: '',
      passwordLabel: '',
      submit: '',
      cancel: '',
      error: '',
      busy: null,
      capsLockWarning: '',
      hint: '',
    });
    let decisions = 0;
    fuzz(5_000, inputs, (input) => {
      for (const event of readFastPathInput(input)) if (lobby.input(event)) decisions++;
      if (random() < 0.01) for (const tile of lobby.takeChanges()) expect(tile.pixels.length).toBeGreaterThan(0);
    });
    expect(decisions).toBeGreaterThan(0);
  });
});
