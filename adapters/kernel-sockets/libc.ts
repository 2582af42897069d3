import { getSystemErrorName } from 'node:util';

/** Numbers of Linux's headers, the same on x86-64 and arm64. */
export const linux = {
  inet: 2,
  inet6: 10,
  /** SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC. */
  stream: 1,
  nonBlocking: 0o4000,
  closeOnExec: 0o2000000,
  solSocket: 1,
  reuseAddress: 2,
  error: 4,
  keepAlive: 9,
  linger: 13,
  tcp: 6,
  noDelay: 1,
  keepIdle: 4,
  keepInterval: 5,
  keepCount: 6,
  ipv6: 41,
  v6Only: 26,
  noSignal: 0x4000,
  shutWrite: 1,
  epollAdd: 1,
  epollDelete: 2,
  epollIn: 1,
  epollOut: 4,
  epollError: 8,
  epollHangUp: 16,
  epollPeerHangUp: 0x2000,
  epollEdge: 0x8000_0000,
  again: 11,
  noMemory: 12,
  interrupted: 4,
  inProgress: 115,
  uvPoll: 8,
  uvReadable: 1,
} as const;

const int = 'int32';
const pointer = 'pointer';
/** Lengths are declared as 32 bits, for 64 would come as bigint: nothing here is that long. */
const signatures = {
  socket: { arguments: [int, int, int], return: int },
  bind: { arguments: [int, pointer, int], return: int },
  listen: { arguments: [int, int], return: int },
  getsockname: { arguments: [int, pointer, pointer], return: int },
  accept4: { arguments: [int, pointer, pointer, int], return: int },
  connect: { arguments: [int, pointer, int], return: int },
  recv: { arguments: [int, pointer, int, int], return: int },
  send: { arguments: [int, pointer, int, int], return: int },
  shutdown: { arguments: [int, int], return: int },
  close: { arguments: [int], return: int },
  setsockopt: { arguments: [int, int, int, pointer, int], return: int },
  getsockopt: { arguments: [int, int, int, pointer, pointer], return: int },
  epoll_create1: { arguments: [int], return: int },
  epoll_ctl: { arguments: [int, int, int, pointer], return: int },
  epoll_wait: { arguments: [int, pointer, int, int], return: int },
  __errno_location: { arguments: [], return: pointer },
  uv_handle_size: { arguments: [int], return: 'uint64' },
  uv_poll_init: { arguments: [pointer, pointer, int], return: int },
  uv_poll_start: { arguments: [pointer, int, pointer], return: int },
  uv_close: { arguments: [pointer, pointer], return: 'void' },
  uv_ip4_addr: { arguments: ['string', int, pointer], return: int },
  uv_ip6_addr: { arguments: ['string', int, pointer], return: int },
  uv_ip_name: { arguments: [pointer, pointer, 'uint64'], return: int },
} as const;

type Ffi = typeof import('node:ffi');

function load(ffi: Ffi) {
  const { lib, functions: calls } = ffi.dlopen(null, signatures);
  const at = ffi.toBuffer(calls.__errno_location(), 4, false);
  const errno = new Int32Array(at.buffer, at.byteOffset, 1);
  return {
    calls,
    /** What the last call on this thread failed of; nothing may come between. */
    errno: () => errno[0]!,
    /** Where a buffer lies that lives as long as the process, or at least as the call. */
    addressOf: ffi.getRawPointer,
    eventLoop: ffi.getCurrentEventLoop,
    onReadable: (listener: () => void) =>
      lib.registerCallback({ arguments: [pointer, int, int], return: 'void' }, listener),
  };
}

/** The kernel's calls. The event loop is the one of the thread that asks. */
export type Libc = ReturnType<typeof load>;

let loaded: Libc | null | undefined;

/**
 * The C library that Node itself is linked with, and Node's libuv; null where they cannot be called: on other systems than Linux, other processors than
 * x86-64 and arm64, and where Node has no FFI (`--no-experimental-ffi`).
 */
export function libc(): Libc | null {
  if (loaded === undefined) loaded = isKnown() ? tryToLoad() : null;
  return loaded;
}

const isKnown = () => process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

function tryToLoad(): Libc | null {
  const ffi = process.getBuiltinModule('node:ffi') as Ffi | undefined;
  try {
    return ffi ? load(ffi) : null;
  } catch {
    // A Node that hides libuv's symbols, or may not make memory executable.
    return null;
  }
}

/** An error as Node would have it. */
export function systemError(syscall: string, errno: number, of = ''): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${syscall} ${code}${of && ` ${of}`}`), { errno: -errno, code, syscall });
}
