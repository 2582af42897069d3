import type { OperationUser, ShellProvider } from '@atelier/plugin-kit';
import {
  type CreateShellOperation,
  fault,
  ns,
  type RequestHeaders,
  type ResourceReference,
  selectorValue,
  xpress,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { unlimited } from '../config/winrm-config.ts';
import type { Operation } from '../dispatch/operation.ts';
import type { OpenShell } from './open-shell.ts';
import { checkShellQuota, excess, isLimited } from './shell-quota.ts';

const guid = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const sweepMs = 1000;

/** An id that a client proposes: a GUID in any case, perhaps with `uuid:` or braces. Null when it is none. */
export function readGuid(text: string): string | null {
  const id = text
    .trim()
    .replace(/^uuid:/i, '')
    .replace(/^\{(.*)\}$/, '$1')
    .toUpperCase();
  return guid.test(id) ? id : null;
}

/** All open shells: their owners, quotas and idle times. A shell of somebody else does not exist. */
export class ShellTable {
  readonly #providers: readonly ShellProvider[];
  readonly #settings: SettingsStore;
  readonly #audit: Audit;
  readonly #open = new Map<string, OpenShell>();
  /** Shells that are being opened count, lest a burst passes the quota. */
  readonly #opening = new Map<string, string>();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(providers: readonly ShellProvider[], settings: SettingsStore, audit: Audit) {
    this.#providers = providers;
    this.#settings = settings;
    this.#audit = audit;
  }

  provider(resourceUri: string): ShellProvider | null {
    const uri = resourceUri.toLowerCase();
    const answers = (one: ShellProvider) => {
      const own = one.resourceUri.toLowerCase();
      return one.namesBelow ? uri.startsWith(own) : uri === own;
    };
    return this.#providers.find(answers) ?? null;
  }

  get all(): readonly OpenShell[] {
    return [...this.#open.values()];
  }

  async open(
    request: CreateShellOperation,
    headers: RequestHeaders,
    operation: Operation,
    newId: () => string,
  ): Promise<OpenShell> {
    const { resourceUri } = headers.resource;
    const provider = this.provider(resourceUri);
    if (!provider) throw fault('resourceNotFound');
    if (headers.compression !== null && headers.compression.toLowerCase() !== xpress)
      throw fault('mustUnderstand', { notUnderstood: { ns: ns.shell, name: 'CompressionType' } });
    const { Winrs } = this.#settings.current.config;
    const user = operation.user.name;
    checkShellQuota(Winrs, [...this.all.map((one) => one.owner.name), ...this.#opening.values()], user);
    const id = request.shellId === null ? newId() : readGuid(request.shellId);
    if (id === null) throw fault('shellIdInvalid');
    if (this.#open.has(id) || this.#opening.has(id)) throw fault('shellIdInUse');
    if (request.idleTimeout !== null && request.idleTimeout <= 0) throw fault('idleTimeoutOutOfBounds');
    this.#opening.set(id, user);
    try {
      const shell = await provider.open({ ...request, ...headers.resource, shellId: id }, operation);
      const now = Date.now();
      const one: OpenShell = {
        id,
        resourceUri: provider.namesBelow ? resourceUri : provider.resourceUri,
        owner: operation.user,
        clientAddress: operation.clientAddress,
        request,
        shell,
        idleTimeout: Math.min(request.idleTimeout ?? Winrs.IdleTimeout, Winrs.IdleTimeout),
        locale: headers.locale ?? 'en-US',
        createdAt: now,
        disconnectable: provider.disconnectable ?? false,
        compressed: headers.compression !== null,
        commands: new Map(),
        own: shell.own ? { id: null, command: shell.own, inputEnded: false, receiving: false } : null,
        lastUsedAt: now,
        active: 0,
        state: 'Connected',
        connection: new AbortController(),
        overQuota: null,
      };
      this.#open.set(id, one);
      this.#sweeper ??= setInterval(() => void this.#sweep(), sweepMs).unref();
      this.#audit({ kind: 'shell-opened', user, shell: id, address: operation.clientAddress });
      return one;
    } finally {
      this.#opening.delete(id);
    }
  }

  /** The shell that a request's selector names. Throws InvalidSelectors. */
  find(resource: ResourceReference, user: OperationUser): OpenShell {
    const value = selectorValue(resource, 'ShellId');
    if (value === null) throw fault('insufficientSelectors');
    const id = readGuid(value);
    const one = id === null ? undefined : this.#open.get(id);
    if (!one || one.owner.name !== user.name) throw fault('unexpectedSelectors');
    if (one.overQuota) throw fault('quotaLimit', { reason: one.overQuota });
    return one;
  }

  async close(one: OpenShell): Promise<void> {
    if (!this.#open.delete(one.id)) return;
    this.#audit({ kind: 'shell-closed', user: one.owner.name, shell: one.id, address: one.clientAddress });
    await one.shell.close();
    if (this.#open.size > 0 || !this.#sweeper) return;
    clearInterval(this.#sweeper);
    this.#sweeper = null;
  }

  async closeAll(): Promise<void> {
    if (this.#sweeper) clearInterval(this.#sweeper);
    this.#sweeper = null;
    await Promise.allSettled(this.all.map((one) => this.close(one)));
  }

  async #sweep(): Promise<void> {
    const { Winrs } = this.#settings.current.config;
    const now = Date.now();
    for (const one of this.all) {
      const idle = one.active === 0 && now - one.lastUsedAt > one.idleTimeout;
      const most = Math.min(one.request.lifetime ?? unlimited, Winrs.MaxShellRunTime);
      if (idle || (most < unlimited && most > 0 && now - one.createdAt > most)) await this.close(one).catch(() => {});
      else if (isLimited(Winrs) && (one.own || one.commands.size > 0) && !one.overQuota) {
        one.overQuota = excess(Winrs, await one.shell.usage().catch(() => ({ memory: 0, processes: 0 })));
        if (one.overQuota) await one.shell.close().catch(() => {});
      }
    }
  }
}
