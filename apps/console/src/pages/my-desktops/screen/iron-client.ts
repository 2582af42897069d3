import '@devolutions/iron-remote-desktop';
import type { UserInteraction } from '@devolutions/iron-remote-desktop';
import { Backend, displayControl, enableCredssp, init } from '@devolutions/iron-remote-desktop-rdp';

/** How IronRDP says that the name or the password is wrong (IronErrorKind). */
const wrongCredentials: readonly number[] = [1, 2, 3];

/** Why there is no desktop. */
export type ScreenFailure = 'credentials' | 'connection';

export interface ScreenConnection {
  readonly url: string;
  readonly token: string;
  readonly destination: string;
  readonly user: string;
  readonly password: string;
  readonly size: { readonly width: number; readonly height: number };
}

/** IronRDP's element in a page. */
export interface IronClient {
  readonly element: HTMLElement;
  readonly interaction: UserInteraction;
  /** Connects; gives a promise of the session's end. @throws ScreenFailure */
  connect(connection: ScreenConnection): Promise<{ readonly ended: Promise<void> }>;
  remove(): void;
}

let loaded: Promise<void> | undefined;

/** Puts IronRDP's element into `parent`: a canvas that takes mouse and keyboard when it has the focus. */
export async function ironClient(parent: HTMLElement, label: string): Promise<IronClient> {
  loaded ??= init('WARN');
  await loaded;
  const element = document.createElement('iron-remote-desktop');
  element.setAttribute('scale', 'fit');
  element.setAttribute('flexcenter', 'true');
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
  return {
    element,
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
          () => {},
          () => {},
        );
        return { ended };
      } catch (error) {
        const { kind } = error as { kind?: () => number };
        const why: ScreenFailure = wrongCredentials.includes(kind?.call(error) ?? 0) ? 'credentials' : 'connection';
        console.warn('the desktop could not be opened', (error as { backtrace?: () => string }).backtrace?.() ?? error);
        throw why;
      }
    },
    remove() {
      try {
        interaction.shutdown();
      } catch {
        // There was no session.
      }
      element.remove();
    },
  };
}
