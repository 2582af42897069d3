import type { ChannelMessage, InstanceReport } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { GrantDocument, SignedDocument } from '@atelier/domain/workspaces';
import { newSigningRequest } from '../enrollment/signing-request.ts';
import type { EventQueue } from '../events/event-queue.ts';
import { errorOf } from '../instances/machine-end.ts';
import type { Log } from '../log/client-log.ts';
import type { ContactClock } from '../people/contact-clock.ts';
import { type GrantStore, openGrantStore } from '../people/grant-store.ts';
import type { ClientDatabase } from '../state/client-database.ts';
import { type Identity, renewalTime, writeIdentity } from '../state/identity-store.ts';
import type { StateLayout } from '../state/state-layout.ts';
import { type Channel, startChannel } from './channel.ts';
import type { CommandHandler } from './command-handler.ts';
import { type DeviceApi, openDeviceLink } from './device-api.ts';
import { type EventDelivery, startEventDelivery } from './event-delivery.ts';

export interface ServerLinkParts {
  readonly layout: StateLayout;
  readonly database: ClientDatabase;
  readonly events: EventQueue;
  readonly clock: ContactClock;
  readonly log: Log;
  readonly greeting: () => Promise<ChannelMessage>;
  readonly reports: () => InstanceReport[];
  readonly onCommand: CommandHandler;
  readonly onGrant: (grant: GrantDocument) => void;
  /** A person has no account any more. */
  readonly onGone: (userId: string) => void;
  readonly onOnline: () => void;
  /** The newest policy was asked for: time to ask for what else the server decides. */
  readonly onRefresh: () => Promise<void>;
  readonly onRevoked: (identity: Identity) => void;
  readonly onChange: () => void;
}

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'revoked';

const refreshEveryMs = 15 * 60_000;
const skewMs = 5 * 60_000;

/** Everything between an enrolled computer and its server. */
export class ServerLink {
  state: ConnectionState = 'connecting';
  identity: Identity;
  readonly api: DeviceApi;
  readonly grants: GrantStore;
  private readonly parts: ServerLinkParts;
  private readonly device: ReturnType<typeof openDeviceLink>;
  private readonly channel: Channel;
  private readonly delivery: EventDelivery;
  private readonly timers: NodeJS.Timeout[];
  private reportTimer: NodeJS.Timeout | undefined;
  private reportedAt = 0;
  private skewed = false;
  private refreshFailed = false;
  private told: ConnectionState | undefined;
  private written: Promise<void> | undefined;

  constructor(identity: Identity, parts: ServerLinkParts) {
    this.identity = identity;
    this.parts = parts;
    this.device = openDeviceLink(identity);
    this.api = this.device.api;
    this.grants = openGrantStore(
      parts.database,
      { endpointId: identity.endpointId, keys: () => this.identity.policyKeys },
      (detail) => parts.events.add('policy.signature-invalid', { detail }),
    );
    this.delivery = startEventDelivery(parts.events, this.api, (time) => this.heardTime(time));
    this.channel = startChannel({
      credentials: () => this.identity,
      greeting: async () => [await parts.greeting(), { kind: 'instances', instances: parts.reports() }],
      onCommand: (command) => parts.onCommand(command, this),
      onState: (state) => this.enter(state),
      onRefused: (code) => code === 'endpoint.revoked' && this.revoke(),
      errorOf,
      log: parts.log,
    });
    this.timers = [
      setInterval(() => void this.refresh(), refreshEveryMs),
      setInterval(() => void this.renewIfDue(), 3_600_000),
    ];
  }

  /** Takes a signed grant: verifies it, keeps it, tells of it. Throws `client.grant-refused` with event 1103. */
  takeGrant(signed: SignedDocument, serverTime: string, userId?: string): GrantDocument {
    try {
      const grant = this.grants.accept(signed, { userId });
      this.parts.clock.contact(grant.user.id);
      this.heardTime(serverTime);
      this.parts.onGrant(grant);
      return grant;
    } catch (error) {
      if (error instanceof AtelierError && error.code === 'client.grant-refused')
        this.parts.events.add('policy.signature-invalid', { detail: error.message });
      throw error;
    }
  }

  /** Asks for the newest grants of everybody who is known here. Gives why one of them did not come, else undefined. */
  async refresh(): Promise<Error | undefined> {
    let problem: Error | undefined;
    for (const { user } of this.grants.all()) {
      try {
        const { grant, serverTime } = await this.api.grant({ params: { userId: user.id } });
        this.takeGrant(grant, serverTime, user.id);
      } catch (error) {
        problem = error as Error;
        if (this.isRevocation(error)) break;
        if (error instanceof AtelierError && error.code === 'people.not-found') this.parts.onGone(user.id);
        else this.tellRefreshFailed(error);
      }
    }
    await this.parts.onRefresh();
    if (!problem) this.refreshFailed = false;
    return problem;
  }

  /** Tells the server of the instances, at most twice a second. */
  report(): void {
    if (this.reportTimer || this.state !== 'online') return;
    const wait = Math.max(20, this.reportedAt + 500 - Date.now());
    this.reportTimer = setTimeout(() => {
      this.reportTimer = undefined;
      this.reportedAt = Date.now();
      this.channel.send({ kind: 'instances', instances: this.parts.reports() });
    }, wait);
  }

  retry(): void {
    this.channel.retry();
  }

  flushEvents(signal?: AbortSignal): Promise<boolean> {
    return this.delivery.flush(signal);
  }

  /** From now on this computer may do nothing: its key is destroyed. */
  revoke(): void {
    if (this.state === 'revoked') return;
    this.enter('revoked');
    this.identity = { ...this.identity, privateKey: '', revoked: true };
    this.grants.clear();
    this.delivery.stop();
    this.written = writeIdentity(this.parts.layout.identity, this.identity).catch((error) =>
      this.parts.log.error('the identity cannot be written', { error }),
    );
    this.parts.onRevoked(this.identity);
    // A moment later, so that the command that brought it is answered.
    setTimeout(() => void this.channel.stop(), 200).unref();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.reportTimer);
    this.delivery.stop();
    await this.channel.stop();
    await this.written;
    this.device.close();
  }

  private enter(state: ConnectionState): void {
    if (this.state === 'revoked') return;
    if (state !== 'connecting' && state !== this.told) {
      this.told = state;
      this.parts.log.info('the connection changed', { state });
    }
    this.state = state;
    this.parts.onChange();
    if (state !== 'online') return;
    this.parts.onOnline();
    void this.refresh();
    void this.delivery.flush();
    void this.renewIfDue();
  }

  private isRevocation(error: unknown): boolean {
    if (!(error instanceof AtelierError) || error.code !== 'endpoint.revoked') return false;
    this.revoke();
    return true;
  }

  private tellRefreshFailed(error: unknown): void {
    if (!this.refreshFailed) this.parts.events.add('policy.refresh-failed', { detail: errorOf(error).detail });
    this.refreshFailed = true;
  }

  private heardTime(serverTime: string): void {
    const difference = Date.now() - Date.parse(serverTime);
    const skewed = Math.abs(difference) > skewMs;
    if (skewed && !this.skewed)
      this.parts.events.add('client.clock-skew', {
        detail: `this computer's clock is ${Math.round(Math.abs(difference) / 60_000)} minutes ${difference > 0 ? 'ahead' : 'behind'}`,
      });
    this.skewed = skewed;
  }

  private async renewIfDue(): Promise<void> {
    if (this.state === 'revoked' || Date.now() < renewalTime(this.identity.certificate)) return;
    try {
      const { privateKey, csr } = await newSigningRequest(this.identity.name);
      const { certificate, policyKeys } = await this.api.renew({ body: { csr } });
      const identity: Identity = { ...this.identity, certificate, privateKey, policyKeys };
      await writeIdentity(this.parts.layout.identity, identity);
      this.identity = identity;
      this.device.use(identity);
      this.channel.retry(true);
      this.parts.log.info('the certificate was renewed');
    } catch (error) {
      if (!this.isRevocation(error)) this.parts.log.warn('the certificate could not be renewed', { error });
    }
  }
}
