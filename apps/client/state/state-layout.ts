import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';

/** Where everything of one client lies. All paths are absolute. */
export interface StateLayout {
  readonly root: string;
  /** Short enough for UNIX sockets; in the state folder unless that is too deep. */
  readonly run: string;
  readonly socket: string;
  readonly identity: string;
  readonly trust: string;
  readonly verifiers: string;
  readonly database: string;
  readonly lock: string;
  readonly images: string;
  /** Content keys of encrypted images. */
  readonly contentKeys: string;
  /** Which blocks this computer's own files hold; kept between transfers. */
  readonly hostIndex: string;
  /** Parts of packs that are given to other endpoints, where the policy says so. */
  readonly packCache: string;
  readonly instances: string;
  readonly logs: string;
}

/** The longest path that a UNIX socket may have on Linux, in bytes. */
const longestSocketPath = 107;
/** Room for `/<8 letters>/` and the longest name of a socket in a VM's folder. */
const roomForNames = 26;

/**
 * The places of a client's files. Pure: any program may ask where the socket of the client in `stateDir` is.
 * A state folder too deep for sockets gets them in a private folder below the system's temporary one.
 */
export function stateLayout(stateDir: string): StateLayout {
  const root = resolve(stateDir);
  const inside = join(root, 'run');
  const fits = Buffer.byteLength(inside) + roomForNames <= longestSocketPath;
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const run = fits ? inside : join(tmpdir(), `atelier-${process.getuid?.() ?? 0}-${digest}`);
  const ownSocket = join(root, 'client.sock');
  return {
    root,
    run,
    socket: Buffer.byteLength(ownSocket) <= longestSocketPath ? ownSocket : join(run, 'client.sock'),
    identity: join(root, 'identity.json'),
    trust: join(root, 'trust.json'),
    verifiers: join(root, 'verifiers'),
    database: join(root, 'client.sqlite'),
    lock: join(root, 'lock.sqlite'),
    images: join(root, 'images'),
    contentKeys: join(root, 'content-keys'),
    hostIndex: join(root, 'host.index'),
    packCache: join(root, 'pack-cache'),
    instances: join(root, 'instances'),
    logs: join(root, 'logs'),
  };
}

/** Makes the folders, each for the owner alone. Throws `client.state-folder` when one belongs to somebody else. */
export function makeFolders(layout: StateLayout): void {
  for (const path of [layout.root, layout.run, layout.verifiers, layout.images, layout.instances, layout.logs]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
      throw new AtelierError(
        'client.state-folder',
        `${path} is not a folder of this user: remove it or choose another`,
      );
    if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
  }
}

/** Folders of one person's workspace. `vmShort` is a link to `vm`, for the sake of the sockets in it. */
export interface InstanceLayout {
  readonly folder: string;
  readonly dataDisk: string;
  readonly savedState: string;
  readonly vm: string;
  readonly vmShort: string;
  readonly screenSocket: string;
  overlay(version: number): string;
}

export function instanceLayout(layout: StateLayout, userId: string, workspaceId: string): InstanceLayout {
  const folder = join(layout.instances, checkPart(userId), checkPart(workspaceId));
  const short = createHash('sha256').update(`${userId}/${workspaceId}`).digest('hex').slice(0, 8);
  return {
    folder,
    dataDisk: join(folder, 'data.qcow2'),
    savedState: join(folder, 'suspended.state'),
    vm: join(folder, 'vm'),
    vmShort: join(layout.run, short),
    screenSocket: join(layout.run, `${short}.screen`),
    overlay: (version) => join(folder, `overlay-${version}.qcow2`),
  };
}

/** Ids become folder names: nothing that could lead elsewhere. */
function checkPart(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id))
    throw new AtelierError('request.invalid', 'an id has odd characters');
  return id;
}
