import {
  type AcceptorEvent,
  type ClientData,
  createLobby,
  type ErrorInfo,
  type Lobby,
  type LobbyOutcome,
  type LobbyView,
} from '@atelier/rdp';

import type { ClientChannel } from './client-channel.ts';

/** A client may ask for the whole picture again this often: it costs us a thousand times what asking costs. */
const refreshEveryMs = 1000;

/** What the user did in the lobby; closing the window is cancelling. */
export type LobbyDecision = LobbyOutcome;

/** The picture in a client's window while it has no desktop yet. */
export class LobbyScreen {
  readonly #channel: ClientChannel;
  readonly #lobby: Lobby;
  #visible = true;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #refreshing: NodeJS.Timeout | null = null;
  #decided: ((outcome: LobbyDecision) => void) | null = null;

  /**
   * Activates the connection and opens the lobby in it. `end`: what is told at once of how it will end, where that is known already. Rejects when the client is gone or `signal` aborts.
   */
  static async open(
    channel: ClientChannel,
    client: ClientData,
    user: string,
    signal: AbortSignal,
    end: ErrorInfo | null = null,
  ): Promise<LobbyScreen> {
    channel.send([...channel.acceptor.activate(), ...(end === null ? [] : channel.acceptor.foretell(end))]);
    await channel.wait('active', signal);
    return new LobbyScreen(channel, client, user);
  }

  private constructor(channel: ClientChannel, { core }: ClientData, user: string) {
    this.#channel = channel;
    this.#lobby = createLobby({
      width: core.desktopWidth,
      height: core.desktopHeight,
      keyboardLayout: core.keyboardLayout,
      scaleFactor: core.desktopScaleFactor,
      user,
    });
    channel.send(channel.acceptor.pointer('arrow'));
    channel.listen((event) => this.#take(event));
  }

  show(view: LobbyView): void {
    this.#lobby.show(view);
    this.#paint();
  }

  clearPassword(): void {
    this.#lobby.clearPassword();
  }

  /** Waits for what the user decides. Rejects when the client is gone or `signal` aborts. */
  decision(signal: AbortSignal): Promise<LobbyDecision> {
    return new Promise((resolve, reject) => {
      const both = AbortSignal.any([signal, this.#channel.gone]);
      const onAbort = () => reject(both.reason);
      if (both.aborted) {
        onAbort();
        return;
      }
      both.addEventListener('abort', onAbort, { once: true });
      this.#decided = (outcome) => {
        both.removeEventListener('abort', onAbort);
        this.#decided = null;
        resolve(outcome);
      };
    });
  }

  #take(event: AcceptorEvent): void {
    switch (event.kind) {
      case 'input': {
        const outcome = this.#lobby.input(event.event);
        if (outcome) this.#decided?.(outcome);
        break;
      }
      case 'refresh':
        this.#refresh();
        break;
      case 'visible':
        this.#visible = event.visible;
        if (event.visible) this.#refresh();
        break;
      case 'shutdown-request':
        if (this.#decided) this.#decided({ kind: 'cancel' });
        else this.#channel.destroy();
        return;
      case 'disconnect':
        this.#channel.destroy();
        return;
      default:
        return;
    }
    this.#paint();
  }

  /** The whole picture again, soon when it was just given. */
  #refresh(): void {
    const left = this.#refreshedAt + refreshEveryMs - performance.now();
    if (left <= 0) {
      this.#refreshedAt = performance.now();
      this.#lobby.repaint();
      return;
    }
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = null;
      this.#refreshedAt = performance.now();
      this.#lobby.repaint();
      this.#paint();
    }, left).unref();
  }

  #paint(): void {
    // What changed stays with the lobby until the client takes it.
    if (!this.#visible || !this.#channel.keepsUp) return;
    const tiles = this.#lobby.takeChanges();
    if (tiles.length > 0) this.#channel.send(this.#channel.acceptor.paint(tiles));
  }
}
