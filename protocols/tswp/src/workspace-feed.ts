/** Something that a person may open: a whole desktop, or one program on it. */
export interface FeedResource {
  /** The same at each request, unique in the feed. */
  readonly id: string;
  readonly alias: string;
  readonly title: string;
  readonly kind: 'Desktop' | 'RemoteApp';
  readonly updatedAt: Date;
  /** Folder in the person's start menu, `/Finance`; left out: the top. */
  readonly folder?: string;
  /** Address of its `.rdp` file. */
  readonly rdpFileUrl: string;
  readonly icons?: { readonly ico?: string; readonly png32?: string };
  /** Types of files that it opens, with their dot. */
  readonly fileExtensions?: readonly string[];
}

/** What one publisher offers one person. */
export interface WorkspaceFeed {
  /** Name that clients show. */
  readonly name: string;
  /** The name of the server in DNS, or a GUID: unique in the world, the same at each request. */
  readonly id: string;
  readonly updatedAt: Date;
  /** Name of the server that all resources are dialled at. */
  readonly terminalServer: string;
  readonly resources: readonly FeedResource[];
}

export type FeedVersion = '1.1' | '2.0' | '2.1';

/** Type of the answer to clients that ask for version 2.0 or later; all others get `text/xml` (MS-TSWP 2.2.1.4). */
export const radcContentType = 'application/x-msts-radc+xml';

/**
 * The version to answer with, by what the client's Accept header names: `application/x-msts-radc+xml;radc_schema_version=2.1`
 * (MS-TSWP 2.2.5). Clients that name none get 1.1, the oldest, which all of them read.
 */
export function feedVersion(accept: string | undefined): FeedVersion {
  if (!accept?.toLowerCase().includes(radcContentType)) return '1.1';
  const asked = /radc_schema_version\s*=\s*"?(\d)\.(\d)/i.exec(accept);
  if (!asked) return '2.0';
  const number = Number(`${asked[1]}.${asked[2]}`);
  return number >= 2.1 ? '2.1' : number >= 2 ? '2.0' : '1.1';
}

// Control characters and halves of surrogates cannot stand in XML 1.0 at all: they are left out of names that come from outside.
const forbidden = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};
const escaped = (text: string): string =>
  text.replace(/[&<>"\n\r\t]/g, (letter) => entities[letter]!).replace(forbidden, '');

const element = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly string[] = [],
): string => {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(value)}"`],
  );
  const inside = children.join('');
  return `<${name}${written.join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
};

function resourceElement(resource: FeedResource, feed: WorkspaceFeed, version: FeedVersion): string {
  const { icons } = resource;
  const folders =
    version === '1.1' ? [] : [element('Folders', {}, [element('Folder', { Name: resource.folder ?? '/' })])];
  return element(
    'Resource',
    {
      ID: resource.id,
      Alias: resource.alias,
      Title: resource.title,
      LastUpdated: resource.updatedAt.toISOString(),
      Type: resource.kind,
      ShowByDefault: version === '2.1' ? 'true' : undefined,
    },
    [
      element('Icons', {}, [
        ...(icons?.ico ? [element('IconRaw', { FileType: 'Ico', FileURL: icons.ico })] : []),
        ...(icons?.png32 ? [element('Icon32', { Dimensions: '32x32', FileType: 'Png', FileURL: icons.png32 })] : []),
      ]),
      element(
        'FileExtensions',
        {},
        (resource.fileExtensions ?? []).map((name) => element('FileExtension', { Name: name })),
      ),
      ...folders,
      element('HostingTerminalServers', {}, [
        element('HostingTerminalServer', {}, [
          element('ResourceFile', { FileExtension: '.rdp', URL: resource.rdpFileUrl }),
          element('TerminalServerRef', { Ref: feed.terminalServer }),
        ]),
      ]),
    ],
  );
}

/**
 * The resource list as clients read it (MS-TSWP 2.2.1.1 to 2.2.1.3).
 *
 * @returns XML as text, to be sent as UTF-8
 */
export function writeWorkspaceFeed(feed: WorkspaceFeed, version: FeedVersion): string {
  const at = feed.updatedAt.toISOString();
  const folders = [
    ...new Set(feed.resources.flatMap(({ folder }) => (folder && folder !== '/' ? [folder] : []))),
  ].sort();
  const subFolders =
    version === '1.1' || folders.length === 0
      ? []
      : [
          element(
            'SubFolders',
            {},
            folders.map((name) => element('Folder', { Name: name })),
          ),
        ];
  const publisher = element(
    'Publisher',
    {
      LastUpdated: at,
      Name: feed.name,
      ID: feed.id,
      Description: '',
      SupportsReconnect: version === '1.1' ? undefined : 'true',
      DisplayFolder: version === '1.1' ? undefined : '/',
    },
    [
      ...subFolders,
      element(
        'Resources',
        {},
        feed.resources.map((resource) => resourceElement(resource, feed, version)),
      ),
      element('TerminalServers', {}, [
        element('TerminalServer', { ID: feed.terminalServer, Name: feed.terminalServer, LastUpdated: at }),
      ]),
    ],
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${element(
    'ResourceCollection',
    { PubDate: at, SchemaVersion: version, xmlns: 'http://schemas.microsoft.com/ts/2007/05/tswf' },
    [publisher],
  )}`;
}
