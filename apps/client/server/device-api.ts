import { type ClientOf, clientOf, deviceEndpoints, ProblemError, type Transport } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Identity } from '../state/identity-store.ts';
import { deviceTransport } from './device-transport.ts';

export type DeviceApi = ClientOf<typeof deviceEndpoints>;

/** The server's device plane as functions that throw AtelierError, with credentials that can be replaced. */
export interface DeviceLink {
  readonly api: DeviceApi;
  use(identity: Identity): void;
  close(): void;
}

export function openDeviceLink(identity: Identity): DeviceLink {
  let current = deviceTransport(identity);
  const transport: Transport = (request) => current.transport(request);
  return {
    api: throwingAtelierErrors(clientOf(deviceEndpoints, transport)),
    use: (next) => {
      const old = current;
      current = deviceTransport(next);
      old.close();
    },
    close: () => current.close(),
  };
}

/** The same functions, with the server's problems as errors with the server's code. */
export function throwingAtelierErrors<T extends object>(api: T): T {
  const wrapped = Object.entries(api).map(([name, call]) => [
    name,
    (...args: unknown[]) =>
      (call as (...args: unknown[]) => Promise<unknown>)(...args).catch((error: unknown) => {
        throw error instanceof ProblemError ? fromProblem(error) : error;
      }),
  ]);
  return Object.fromEntries(wrapped) as T;
}

const fromProblem = ({ problem, message }: ProblemError): AtelierError =>
  new AtelierError(problem.code, message, { extra: problem.extra });
