import '@devolutions/iron-remote-desktop';
import type { UserInteraction } from '@devolutions/iron-remote-desktop';
import { Backend, displayControl, enableCredssp, init } from '@devolutions/iron-remote-desktop-rdp';
import { type Picture, pictureSize, type Size } from './picture-size.ts';
import { type ScreenFailure, screenFailure } from './screen-failure.ts';
import { touchAsMouse } from './touch-mouse.ts';

export interface ScreenConnection {
  readonly url: string;
  readonly token: string;
  readonly destination: string;
  readonly user: string;
  readonly password: string;
  readonly size: Size;
}

/** IronRDP's element in a page. */
export interface IronClient {
  readonly interaction: UserInteraction;
  /** Connects; gives a promise of what the session said at its end. @throws ScreenFailure */
  connect(connection: ScreenConnection): Promise<{ readonly ended: Promise<string> }>;
  focus(): void;
  setPicture(picture: Picture): void;
  /** Presses keys together, by their places on the keyboard (`KeyboardEvent.code`). */
  press(...codes: readonly string[]): void;
  remove(): void;
}

let loaded: Promise<void> | undefined;

// IronRDP measures by the window, as if nothing lay below or beside it: our own sizes come first.
const style = new CSSStyleSheet();
style.replaceSync(`
  :host { display: block; width: 100%; height: 100%; }
  :host > div { display: block !important; width: 100%; height: 100%; }
  .screen-wrapper:not(.hidden) { width: 100% !important; height: 100% !important; overflow: auto !important; display: grid; place-items: safe center; }
  .screen-viewer { width: auto !important; height: auto !important; max-width: none !important; max-height: none !important; min-width: 0 !important; min-height: 0 !important; line-height: 0; }
  canvas { outline: none; }
`);

const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * IronRDP asks the browser for the clipboard after it said that it is ready, and says nothing of the answer: a connection that begins before has no
 * clipboard. Browsers answer such questions in their order, so ours comes behind.
 */
async function clipboardReady(): Promise<void> {
  await turn();
  await navigator.permissions?.query({ name: 'clipboard-read' as PermissionName }).catch(() => undefined);
  await turn(20);
}

/** Puts IronRDP's element into `parent`: a canvas that takes mouse, fingers and keyboard when it has the focus. */
export async function ironClient(parent: HTMLElement, label: string): Promise<IronClient> {
  loaded ??= init('ERROR');
  await loaded;
  const element = document.createElement('iron-remote-desktop');
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', label);
  Object.assign(element, { module: Backend });
  const ready = new Promise<UserInteraction>((resolve) =>
    element.addEventListener(
      'ready',
      (event) => resolve((event as CustomEvent<{ irgUserInteraction: UserInteraction }>).detail.irgUserInteraction),
      { once: true },
    ),
  );
  parent.append(element);
  const interaction = await ready;
  await clipboardReady();
  const root = element.shadowRoot!;
  root.adoptedStyleSheets.push(style);
  const canvas = root.querySelector('canvas')!;
  let picture: Picture = 'fit';
  const place = () => {
    const stage = { width: parent.clientWidth, height: parent.clientHeight };
    const { width, height } = pictureSize({ width: canvas.width, height: canvas.height }, stage, picture);
    canvas.style.setProperty('width', `${width}px`, 'important');
    canvas.style.setProperty('height', `${height}px`, 'important');
  };
  const stageChanges = new ResizeObserver(place);
  stageChanges.observe(parent);
  const desktopChanges = new MutationObserver(place);
  desktopChanges.observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] });
  place();
  const withoutTouch = touchAsMouse(canvas);
  return {
    interaction,
    async connect({ url, token, destination, user, password, size }) {
      const config = interaction
        .configBuilder()
        .withProxyAddress(url)
        .withAuthToken(token)
        .withDestination(destination)
        .withServerDomain('')
        .withUsername(user)
        .withPassword(password)
        .withDesktopSize(size)
        // The desktop signs in by what travels inside of TLS: hosts of Linux know no CredSSP.
        .withExtension(enableCredssp(false))
        .withExtension(displayControl(true))
        .build();
      try {
        const session = await interaction.connect(config);
        interaction.setVisibility(true);
        const ended = session.run().then(
          (info) => info.reason(),
          (error: unknown) => (error as { backtrace?: () => string }).backtrace?.() ?? String(error),
        );
        return { ended };
      } catch (error) {
        console.warn('the desktop could not be opened', (error as { backtrace?: () => string }).backtrace?.() ?? error);
        throw screenFailure(error) satisfies ScreenFailure;
      }
    },
    focus: () => element.focus({ preventScroll: true }),
    setPicture(next) {
      picture = next;
      place();
    },
    press(...codes) {
      element.focus({ preventScroll: true });
      const send = (type: string) => (code: string) =>
        window.dispatchEvent(new KeyboardEvent(type, { code, key: code }));
      codes.forEach(send('keydown'));
      codes.toReversed().forEach(send('keyup'));
    },
    remove() {
      stageChanges.disconnect();
      desktopChanges.disconnect();
      withoutTouch();
      try {
        interaction.shutdown();
      } catch {
        // There was no session.
      }
      element.remove();
    },
  };
}
