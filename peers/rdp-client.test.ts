import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  type AcceptorEvent,
  type ClientInfo,
  createLobby,
  type Lobby,
  type LobbyOutcome,
  type LobbyView,
  mstsValue,
  type RdstlsRequest,
  writeMstsToken,
} from '@atelier/rdp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freeRdp3, type LabProgram } from './rdp-lab/freerdp3.ts';
import { pixelAt } from './rdp-lab/xwd.ts';
import { type RdpStand, type StandConnection, startRdpStand } from './rdp-room/rdp-stand.ts';
import { startVirtualDisplay, type VirtualDisplay } from './support/virtual-display.ts';

// The room and xfreerdp, 2 and 3, over one socket: no broker, no hosts. Those are in broker-desktops.test.ts.

const run = promisify(execFile);
const size = { width: 800, height: 600 };
const progress: LobbyView = {
  kind: 'progress',
  product: 'Atelier',
  title: 'Engineering desktops',
  subtitle: 'vm-7.example.org',
  status: 'Starting the virtual machine…',
  progress: 0.4,
  tick: 0,
  hint: 'Press Esc to cancel',
  cancel: 'Cancel',
};
const signIn: LobbyView = {
  kind: 'sign-in',
  product: 'Atelier',
  title: 'Sign in',
  subtitle: '',
  userLabel: 'User name',
  passwordLabel: 'Password',
  submit: 'Sign in',
  cancel: null,
  error: '',
  busy: null,
  capsLockWarning: 'Caps Lock is on',
  hint: '',
};

let folder: string;
let display: VirtualDisplay;
let identity: { key: string; cert: string };
let stand: RdpStand | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-rdp-room-'));
  display = await startVirtualDisplay(`${size.width}x${size.height}x24`, folder);
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', '-keyout', files.key, '-out', files.cert]);
  identity = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
});
afterEach(async () => {
  await stand?.close();
  stand = null;
});
afterAll(async () => {
  await display?.stop();
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ PATH: process.env.PATH, HOME: folder, DISPLAY: display.name, LANG: 'C.UTF-8' });

/** Starts the client against a stand; `act` is told every event. */
async function dial(
  program: LabProgram,
  words: readonly string[],
  act: (event: AcceptorEvent, connection: StandConnection) => void,
  admit: ((request: RdstlsRequest) => boolean) | null = null,
) {
  stand = await startRdpStand(identity, act, admit);
  const geometry = [`/size:${size.width}x${size.height}`, '-decorations', '/cert:ignore'];
  const client = spawn(program.path, [`/v:127.0.0.1:${stand.port}`, ...geometry, ...words], {
    env: { ...env(), ...program.env },
  });
  let printed = '';
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  const ended = once(client, 'exit');
  return {
    async end(): Promise<string> {
      const timer = setTimeout(() => client.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(timer);
      return printed;
    },
  };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = performance.now(); !(await holds()); await pause(40))
    if (performance.now() - begun > 10_000) throw new Error(`${what} did not come about within 10 s`);
}

/** The largest difference of two colours in red, green or blue. */
const distance = (one: number, other: number) =>
  Math.max(...[16, 8, 0].map((shift) => Math.abs(((one >> shift) & 0xff) - ((other >> shift) & 0xff))));

const redirection = {
  loadBalanceInfo: writeMstsToken('one-time'),
  userName: 'carol',
  domain: 'CORP',
  password: { kind: 'clear', password: 'geheim-é' },
} as const;

const xfreerdp2: LabProgram = { path: 'xfreerdp', env: {} };
const xfreerdp3 = () => freeRdp3('xfreerdp3');

describe.each([
  [2, () => xfreerdp2, '/kbd:0x40c'],
  [3, xfreerdp3, '/kbd:layout:0x40c'],
] as const)('xfreerdp %i', (version, program, french) => {
  it('says who its user is, follows a redirection, and comes back with the token as somebody else', async () => {
    const seen: { readonly token: string | null; readonly info: ClientInfo; readonly blob: string | null }[] = [];
    const client = await dial(program(), ['/u:éva', '/d:LAB', '/p:ticket-ß', '/pcb:source-7'], (event, connection) => {
      if (event.kind !== 'client-info') return;
      const { routingToken } = connection.request;
      const blob = connection.preconnection?.blob ?? null;
      seen.push({ token: routingToken && mstsValue(routingToken), info: event.info, blob });
      const { acceptor, send } = connection;
      send(seen.length === 1 ? acceptor.redirect(redirection) : acceptor.fail('cbSessionOnlineVmWake'));
    });
    expect(await client.end()).toContain('ERRINFO_CB_SESSION_ONLINE_VM_WAKE');
    expect(seen).toMatchObject([
      { token: null, blob: 'source-7', info: { userName: 'éva', domain: 'LAB', password: 'ticket-ß' } },
      { token: 'one-time', info: { userName: 'carol', domain: 'CORP', password: 'geheim-é' } },
    ]);
  });

  // 16 bits lose the lowest bits of each colour, which clients fill up as they like. The last runs over the slow path, which FreeRDP 3 knows no more.
  it.each([
    [32, 0, true],
    [24, 0, true],
    [16, 8, false],
  ])('shows the lobby in %i bits, pixel by pixel, and is redirected out of it', async (depth, tolerance, fastPath) => {
    let lobby: Lobby | null = null;
    let connection: StandConnection | null = null;
    let comesBack = false;
    let offered: boolean | null = null;
    const client = await dial(
      program(),
      ['/u:x', '/p:y', `/bpp:${depth}`, ...(version === 2 ? [`${fastPath ? '+' : '-'}fast-path`] : [])],
      (event, to) => {
        if (to.request.routingToken) {
          comesBack = true;
          return to.end();
        }
        if (event.kind === 'client-info') to.send(to.acceptor.activate());
        if (event.kind !== 'active') return;
        offered = event.capabilities.fastPathOutput;
        lobby = createLobby({ ...size, keyboardLayout: 0x409 });
        lobby.show({ ...progress, progress: 0.1 });
        to.send(to.acceptor.paint(lobby.takeChanges()));
        lobby.show(progress);
        to.send(to.acceptor.paint(lobby.takeChanges()));
        connection = to;
      },
    );
    const expected = createLobby({ ...size, keyboardLayout: 0x409 });
    expected.show(progress);
    const tiles = expected.takeChanges();
    await until('the picture', async () => {
      const screen = await readFile(join(folder, 'Xvfb_screen0'));
      let wrong = 0;
      for (const tile of tiles)
        tile.pixels.forEach((value, n) => {
          const [x, y] = [tile.x + (n % tile.width), tile.y + Math.floor(n / tile.width)];
          if (distance(pixelAt(screen, x, y), value) > tolerance) wrong++;
        });
      return wrong === 0;
    });
    expect(offered).toBe(version === 3 || fastPath);
    const { acceptor, send } = connection as unknown as StandConnection;
    send(acceptor.redirect(redirection));
    await until('its return', () => comesBack);
    await client.end();
  });

  it('types a name and a password into the form, on a French keyboard', async () => {
    let lobby: Lobby | null = null;
    const outcomes: LobbyOutcome[] = [];
    let painted = 0;
    const client = await dial(program(), ['/u:', '/p:', french], (event, { acceptor, send, end }) => {
      if (event.kind === 'client-data') expect(event.data.core.keyboardLayout).toBe(0x40c);
      if (event.kind === 'client-info') send(acceptor.activate());
      if (event.kind === 'active') {
        lobby = createLobby({ ...size, keyboardLayout: 0x40c });
        lobby.show(signIn);
      }
      if (!lobby) return;
      const outcome = event.kind === 'input' ? lobby.input(event.event) : null;
      if (outcome) {
        outcomes.push(outcome);
        send(acceptor.fail('logoffByUser'));
        return end();
      }
      const messages = acceptor.paint(lobby.takeChanges());
      painted += messages.length;
      send(messages);
    });
    await until('the form', () => painted > 0);
    const type = (...words: readonly string[]) => run('xdotool', words, { env: env() });
    await type('mousemove', '400', '300');
    await until('the focus', async () => {
      const before = painted;
      await type('key', 'q');
      return painted > before;
    });
    // Keys by their place on a US keyboard, so that they are others on a French one: a z e, Tab, ê (dead key), 1 with Shift.
    await type('key', 'ctrl+q');
    await type('key', '--delay', '15', 'q', 'w', 'e', 'Tab', 'bracketleft', 'e', 'shift+1', 'Return');
    expect(await client.end()).toContain('ERRINFO_LOGOFF_BY_USER');
    expect(outcomes).toEqual([{ kind: 'sign-in', user: 'aze', password: 'ê1' }]);
  });
});

describe('a redirection with a password that only the target can read', () => {
  const redirectionGuid = Uint8Array.from({ length: 16 }, (_, n) => n);
  const cookie = Uint8Array.from({ length: 64 }, (_, n) => 255 - n);
  const follow = async (right: boolean) => {
    const seen: RdstlsRequest[] = [];
    let back: ClientInfo | null = null;
    const client = await dial(
      xfreerdp3(),
      ['/u:éva', '/p:ticket'],
      (event, { request, acceptor, send }) => {
        if (event.kind !== 'client-info') return;
        if (request.routingToken) back = event.info;
        const encrypted = { ...redirection, password: { kind: 'encrypted', cookie }, redirectionGuid } as const;
        send(request.routingToken ? acceptor.fail('cbSessionOnlineVmWake') : acceptor.redirect(encrypted));
      },
      (request) => {
        seen.push(request);
        return right;
      },
    );
    return { printed: await client.end(), seen, back: back as ClientInfo | null };
  };

  it('is followed by xfreerdp 3, which hands it over by RDSTLS', async () => {
    const { printed, seen, back } = await follow(true);
    expect(printed).toContain('ERRINFO_CB_SESSION_ONLINE_VM_WAKE');
    expect(seen).toMatchObject([{ kind: 'password', userName: 'carol', domain: 'CORP' }]);
    const [{ redirectionGuid: guid, password }] = seen as [Extract<RdstlsRequest, { kind: 'password' }>];
    expect(Buffer.from(password)).toEqual(Buffer.from(cookie));
    // As it stands in the redirection.
    const written = Buffer.from(guid).toString('utf16le').replace(/\0$/, '');
    expect(Buffer.from(written, 'base64')).toEqual(Buffer.from(redirectionGuid));
    expect(back).toMatchObject({ userName: 'carol', domain: 'CORP' });
  });

  it('ends where the target refuses it', async () => {
    const { seen, back } = await follow(false);
    expect(seen.length).toBeGreaterThan(0);
    expect(back).toBeNull();
  });
});
