import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AtelierError } from '@atelier/domain/errors';
import { instanceLayout, type StateLayout } from '../state/state-layout.ts';
import type { InstanceEngine } from './instance-engine.ts';
import type { InstanceJournal, InstanceKey } from './instance-journal.ts';
import type { InstanceRecord } from './instance-record.ts';
import { rfbInputWatch } from './rfb-input.ts';

/** The only way to the screens of this computer's workspaces: closed while one is locked, and aware of when it was used last. */
export interface ScreenDesk {
  /** VNC bytes of a running workspace. Throws `workspace.locked` or `client.no-screen`. */
  open(key: InstanceKey): Promise<Duplex>;
  /** Path of a UNIX socket that leads to the screen as long as the workspace is not locked. */
  socketPath(key: InstanceKey): Promise<string>;
  /** When somebody last used keyboard or pointer there, milliseconds since 1970. */
  lastInput(key: InstanceKey): number | undefined;
  stop(): Promise<void>;
}

interface Screen {
  readonly connections: Set<Duplex>;
  proxy?: { readonly server: Server; readonly path: string };
  lastInput?: number;
}

export function openScreenDesk(parts: {
  readonly layout: StateLayout;
  readonly journal: InstanceJournal;
  readonly engine: InstanceEngine;
}): ScreenDesk {
  const screens = new Map<string, Screen>();
  const screenOf = (key: InstanceKey): Screen => {
    const text = `${key.userId}/${key.workspaceId}`;
    const screen = screens.get(text) ?? { connections: new Set() };
    screens.set(text, screen);
    return screen;
  };
  parts.journal.onChange((key, before, after) => {
    // Whoever gave the password just now is there.
    if (before?.machine === 'locked' && after?.machine === 'running') screenOf(key).lastInput = Date.now();
    if (!screenShown(after)) for (const one of screenOf(key).connections) one.destroy();
  });

  const open = async (key: InstanceKey): Promise<Duplex> => {
    const record = parts.journal.get(key);
    if (record?.machine === 'locked')
      throw new AtelierError('workspace.locked', `${record.granted.name} is locked: unlock it first`);
    const vm = parts.engine.vm(key);
    if (!vm || !screenShown(record)) throw new AtelierError('client.no-screen', 'the workspace does not run');
    const screen = screenOf(key);
    const socket = await connectTo(vm.vncSocket);
    // It may have been locked while we connected.
    if (!screenShown(parts.journal.get(key))) {
      socket.destroy();
      throw new AtelierError('workspace.locked', 'the workspace was locked just now');
    }
    screen.lastInput ??= Date.now();
    const watched = watchInput(socket, () => {
      screen.lastInput = Date.now();
    });
    screen.connections.add(watched);
    watched.once('close', () => screen.connections.delete(watched));
    return watched;
  };

  const socketPath = async (key: InstanceKey): Promise<string> => {
    (await open(key)).destroy();
    const screen = screenOf(key);
    if (screen.proxy) return screen.proxy.path;
    const path = instanceLayout(parts.layout, key.userId, key.workspaceId).screenSocket;
    await rm(path, { force: true });
    const server = createServer((viewer) => {
      viewer.on('error', () => undefined);
      open(key).then(
        (vnc) => void Promise.all([pipeline(viewer, vnc), pipeline(vnc, viewer)]).catch(() => viewer.destroy()),
        () => viewer.destroy(),
      );
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    screen.proxy = { server, path };
    return path;
  };

  return {
    open,
    socketPath,
    lastInput: (key) => screenOf(key).lastInput,
    stop: async () => {
      for (const { connections, proxy } of screens.values()) {
        for (const one of connections) one.destroy();
        if (proxy) await new Promise((resolve) => proxy.server.close(resolve));
      }
    },
  };
}

const screenShown = (record: InstanceRecord | undefined): boolean =>
  record?.machine === 'running' || record?.machine === 'starting' || record?.machine === 'stopping';

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) =>
      reject(new AtelierError('client.no-screen', `the screen does not answer: ${cause.message}`, { cause })),
    );
  });
}

/** The same two-way stream; `onInput` is called when a person did something. */
function watchInput(socket: Socket, onInput: () => void): Duplex {
  const sawInput = rfbInputWatch();
  const write = socket.write.bind(socket);
  socket.write = ((chunk: Uint8Array | string, ...rest: []) => {
    if (typeof chunk !== 'string' && sawInput(chunk)) onInput();
    return write(chunk, ...rest);
  }) as typeof socket.write;
  return socket;
}
