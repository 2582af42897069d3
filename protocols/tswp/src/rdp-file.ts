/** Settings of an `.rdp` file by their name, in lower case; numbers are written as `i`, texts as `s`. */
export type RdpSettings = Readonly<Record<string, string | number>>;

/** Longest value that is written: what clients read into fixed fields is shorter. */
const longestValue = 4096;

/**
 * The settings as lines, `name:type:value`. A value may hold no line break: it would become a setting of its own.
 *
 * @throws RangeError when a name or a value could be read as something else
 */
export function rdpFileLines(settings: RdpSettings): readonly string[] {
  return Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z][a-z0-9 -]{0,63}$/.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of a setting`);
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${name} is not a whole number`);
      return `${name}:i:${value}`;
    }
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) throw new RangeError(`${name} holds a line break or a control character`);
    if (value.length > longestValue) throw new RangeError(`${name} is longer than ${longestValue} characters`);
    return `${name}:s:${value}`;
  });
}

/** The bytes of an `.rdp` file: UTF-16LE with its mark and CRLF, as Windows' own client writes and reads it. */
export const encodeRdpFile = (lines: readonly string[]): Uint8Array =>
  Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le');

/** What a desktop of the broker is opened with. */
export interface DesktopFile {
  /** Name of the broker, with `:port` when it is not 3389. */
  readonly address: string;
  /** What the broker knows the collection or program by; travels as the routing token of the first connection. */
  readonly loadBalanceInfo?: string;
  readonly userName?: string;
  /** A program in place of the whole desktop. */
  readonly program?: { readonly alias: string; readonly title: string; readonly commandLine?: string };
  /** Groups a feed's connections on the client. */
  readonly workspaceId?: string;
  /** Sign in to the broker by NLA; false: within TLS only. */
  readonly credSsp: boolean;
}

/**
 * Settings for a desktop behind the broker. `use redirection server name` is what makes Windows' client follow a routing
 * token without a warning; the level 2 of authentication asks the person before they go on to an unproven server.
 */
export function desktopSettings(desktop: DesktopFile): RdpSettings {
  const { program } = desktop;
  return {
    'full address': desktop.address,
    'alternate full address': desktop.address,
    ...(desktop.loadBalanceInfo === undefined ? {} : { loadbalanceinfo: desktop.loadBalanceInfo }),
    ...(desktop.userName === undefined ? {} : { username: desktop.userName }),
    ...(desktop.workspaceId === undefined ? {} : { 'workspace id': desktop.workspaceId }),
    'use redirection server name': 1,
    'authentication level': 2,
    enablecredsspsupport: desktop.credSsp ? 1 : 0,
    'negotiate security layer': 1,
    'prompt for credentials': 0,
    promptcredentialonce: 1,
    'autoreconnection enabled': 1,
    redirectclipboard: 1,
    redirectdrives: 0,
    redirectprinters: 0,
    redirectcomports: 0,
    redirectsmartcards: 0,
    'screen mode id': 2,
    'dynamic resolution': 1,
    'session bpp': 32,
    ...(program
      ? {
          remoteapplicationmode: 1,
          remoteapplicationprogram: `||${program.alias}`,
          remoteapplicationname: program.title,
          ...(program.commandLine === undefined ? {} : { remoteapplicationcmdline: program.commandLine }),
          disableremoteappcapscheck: 1,
        }
      : {}),
  };
}
