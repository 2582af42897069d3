import { checkCompletion, type IpmiCommand } from '@atelier/ipmi';

/** A way to a management controller. One command at a time: callers queue. */
export interface IpmiTransport {
  /** Sends a command and gives its answer, whatever the completion code is. Throws `IpmiError`, or `BmcUnreachable` when nothing answers. */
  send(command: IpmiCommand, signal?: AbortSignal): Promise<IpmiAnswer>;
  /** Ends the session; never throws. */
  close(): Promise<void>;
}

export interface IpmiAnswer {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

/** Nothing answered within the time: the address, the network, or a controller that is off. */
export class BmcUnreachable extends Error {
  override readonly name = 'BmcUnreachable';
}

/** Sends and insists on success; `what` names the command in the error. */
export async function ask(
  transport: IpmiTransport,
  command: IpmiCommand,
  what: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { completionCode, data } = await transport.send(command, signal);
  checkCompletion(completionCode, what);
  return data;
}
