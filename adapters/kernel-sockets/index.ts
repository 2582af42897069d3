import { libc } from './libc.ts';

export { KernelSocket, type KernelSocketOwner } from './kernel-socket.ts';
export { type KernelListener, type KernelListenerOptions, listenKernel } from './listen.ts';

/** Whether they can be had in this process; see `libc` for where not. */
export const kernelSocketsWork = (): boolean => libc() !== null;
