import { release } from 'node:os';
import type { Capability, OperationUser, ResourceProvider, ShellProvider } from '@atelier/plugin-kit';
import {
  fault,
  type Identity,
  type Operation as RequestOperation,
  untilExpiry,
  type WsmanRequest,
  type WsmanResponse,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import type { Authorization } from '../authorization.ts';
import type { Caller } from '../caller.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Subscriptions } from '../events/subscriptions.ts';
import { ShellProtocol } from '../shells/shell-protocol.ts';
import { ShellTable } from '../shells/shell-table.ts';
import { shellsProvider } from '../shells/shells-provider.ts';
import { Enumerations } from './enumerations.ts';
import { Operation } from './operation.ts';
import { OperationQuota } from './operation-quota.ts';
import { itemsOf, resourceOperation } from './resource-operations.ts';
import { ResourceTable } from './resource-table.ts';

/** What a dispatcher is made of. */
export interface DispatcherParts {
  readonly providers: readonly ResourceProvider[];
  /** Providers that come and go; another array when they changed. */
  readonly changingProviders?: () => readonly ResourceProvider[];
  readonly shells: readonly ShellProvider[];
  readonly settings: SettingsStore;
  readonly authorize: Authorization;
  readonly audit: Audit;
  readonly productVersion: string;
  readonly securityProfiles: () => readonly string[];
  readonly subscriptions: (table: ResourceTable, enumerations: Enumerations) => Subscriptions;
}

const verbs: Readonly<Partial<Record<RequestOperation['kind'], Capability>>> = {
  get: 'get',
  put: 'put',
  create: 'create',
  delete: 'delete',
  invoke: 'invoke',
  enumerate: 'enumerate',
  subscribe: 'subscribe',
  'create-shell': 'shell',
  command: 'shell',
  send: 'shell',
  receive: 'shell',
  signal: 'shell',
  disconnect: 'shell',
  reconnect: 'shell',
  connect: 'shell',
};

/** Says who answers a request, whether the user may ask it, and whether there is room for it. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #table: ResourceTable;
  readonly #enumerations: Enumerations;
  readonly #subscriptions: Subscriptions;
  readonly #shells: ShellTable;
  readonly #protocol: ShellProtocol;
  readonly #quota: OperationQuota;

  constructor(parts: DispatcherParts) {
    const { settings, audit } = parts;
    this.#parts = parts;
    this.#shells = new ShellTable(parts.shells, settings, audit);
    this.#protocol = new ShellProtocol(this.#shells, settings, audit);
    this.#table = new ResourceTable(
      [...parts.providers, shellsProvider(this.#shells, settings)],
      parts.changingProviders,
    );
    this.#enumerations = new Enumerations(settings);
    this.#subscriptions = parts.subscriptions(this.#table, this.#enumerations);
    this.#quota = new OperationQuota(settings);
  }

  /** Answers one request, or throws the fault. */
  async answer(request: WsmanRequest, caller: Caller): Promise<WsmanResponse> {
    const { user } = caller;
    if (request.kind === 'identify') return { kind: 'identify', ...this.#identity(user !== null) };
    if (!user) throw fault('accessDenied');
    this.#authorize(request, user, caller);
    this.#quota.enter(user.name);
    const operation = new Operation(user, caller, request.headers, this.#parts.settings.current.config.MaxTimeoutms);
    try {
      return await this.#carryOut(request, operation);
    } finally {
      operation.end();
      this.#quota.leave(user.name);
    }
  }

  /** Ends shells, enumerations and subscriptions. */
  async close(): Promise<void> {
    this.#enumerations.close();
    await this.#subscriptions.close();
    await this.#shells.closeAll();
  }

  #authorize(request: WsmanRequest, user: OperationUser, caller: Caller): void {
    const verb = verbs[request.kind];
    if (!verb) return; // It names something that belongs to this user, and was allowed when that was made.
    const resource = request.headers.resource.resourceUri;
    if (caller.resources?.(resource) !== false && this.#parts.authorize(user, resource, verb)) return;
    this.#parts.audit({ kind: 'denied', user: user.name, resource, verb, address: caller.address });
    throw fault('accessDenied');
  }

  #carryOut(request: WsmanRequest, operation: Operation): Promise<WsmanResponse> | WsmanResponse {
    const { headers } = request;
    const user = operation.user.name;
    switch (request.kind) {
      case 'get':
      case 'put':
      case 'create':
      case 'delete':
      case 'invoke':
        return resourceOperation(this.#table, request, headers, operation);
      case 'enumerate': {
        const found = this.#table.need(headers.resource.resourceUri, 'enumerate');
        return this.#enumerations.start(request, operation, itemsOf(found, request, headers));
      }
      case 'pull':
        return this.#enumerations.pull(request, operation);
      case 'release':
        return this.#enumerations.release(request.context, user);
      case 'renew-enumeration':
        return this.#enumerations.renew(
          request.context,
          user,
          request.expires ? untilExpiry(request.expires, Date.now()) : null,
        );
      case 'enumeration-status':
        return this.#enumerations.status(request.context, user);
      case 'subscribe':
      case 'renew':
      case 'unsubscribe':
      case 'subscription-status':
        return this.#subscriptions.answer(request, operation);
      case 'create-shell':
      case 'command':
      case 'send':
      case 'receive':
      case 'signal':
      case 'disconnect':
      case 'reconnect':
      case 'connect':
        return this.#protocol.answer(request, headers, operation);
      default:
        // Events of other sources are for a collector, which this service is not.
        throw fault('actionNotSupported');
    }
  }

  #identity(known: boolean): Identity {
    const vendor = { productVendor: 'Atelier' };
    // Whoever is unknown does not learn which version to attack.
    if (!known) return { ...vendor, productVersion: 'OS: 0.0.0 SP: 0.0 Stack: 3.0' };
    return {
      ...vendor,
      productVersion: `OS: ${/^[\d.]+/.exec(release())?.[0] ?? '0.0.0'} SP: 0.0 Stack: 3.0 Atelier: ${this.#parts.productVersion}`,
      securityProfiles: this.#parts.securityProfiles(),
    };
  }
}
