import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { feedVersion, type WorkspaceFeed, writeWorkspaceFeed } from './workspace-feed.ts';

const at = new Date('2026-03-01T10:20:30.400Z');
const feed: WorkspaceFeed = {
  name: 'Désktops & "more" <of us>',
  id: 'desk.example.org',
  updatedAt: at,
  terminalServer: 'desk.example.org',
  resources: [
    {
      id: 'd1',
      alias: 'office',
      title: 'Office \u0000\ud800 desktop',
      kind: 'Desktop',
      updatedAt: at,
      rdpFileUrl: '/RDWeb/Pages/rdp/office.rdp?a=1&b=2',
      icons: { ico: '/i.ico', png32: '/i.png' },
    },
    {
      id: 'a1',
      alias: 'calc',
      title: 'Calculator',
      kind: 'RemoteApp',
      updatedAt: at,
      folder: '/Finance',
      rdpFileUrl: '/calc.rdp',
      fileExtensions: ['.ods', '.xlsx'],
    },
  ],
};

interface Seen {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly path: string;
}

function read(xml: string): readonly Seen[] {
  const seen: Seen[] = [];
  const path: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    expect(tag.uri).toBe('http://schemas.microsoft.com/ts/2007/05/tswf');
    path.push(tag.local);
    const attributes = Object.fromEntries(Object.entries(tag.attributes).map(([key, { value }]) => [key, value]));
    seen.push({ name: tag.local, attributes, path: path.join('/') });
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.write(xml).close();
  return seen;
}

describe('resource list', () => {
  it.each(['1.1', '2.0', '2.1'] as const)('is well-formed XML of version %s with its keys in order', (version) => {
    const seen = read(writeWorkspaceFeed(feed, version));
    const named = (name: string) => seen.filter((tag) => tag.name === name);
    expect(named('ResourceCollection')[0]?.attributes).toMatchObject({
      SchemaVersion: version,
      PubDate: at.toISOString(),
    });
    expect(named('Publisher')[0]?.attributes.Name).toBe(feed.name);
    expect(named('Resource').map(({ attributes }) => [attributes.ID, attributes.Title, attributes.Type])).toEqual([
      ['d1', 'Office  desktop', 'Desktop'],
      ['a1', 'Calculator', 'RemoteApp'],
    ]);
    expect(named('ResourceFile')[0]?.attributes).toEqual({ FileExtension: '.rdp', URL: feed.resources[0]?.rdpFileUrl });
    // The keyref of the schema: each reference names a terminal server of the list.
    const servers = new Set(named('TerminalServer').map(({ attributes }) => attributes.ID));
    for (const { attributes } of named('TerminalServerRef')) expect(servers).toContain(attributes.Ref);
    expect(named('FileExtension').map(({ attributes }) => attributes.Name)).toEqual(['.ods', '.xlsx']);
    // The order of the schema's sequence.
    const inside = seen.filter(({ path }) => path.split('/').length === 3).map(({ name }) => name);
    expect(inside).toEqual([...(version === '1.1' ? [] : ['SubFolders']), 'Resources', 'TerminalServers']);
  });

  it('keeps what came with 2.0 and 2.1 out of the older lists', () => {
    const old = writeWorkspaceFeed(feed, '1.1');
    expect(old).not.toMatch(/Folder|SupportsReconnect|ShowByDefault/);
    expect(writeWorkspaceFeed(feed, '2.0')).not.toContain('ShowByDefault');
    expect(writeWorkspaceFeed(feed, '2.1')).toContain('ShowByDefault="true"');
  });

  it('is there for people who have nothing', () => {
    expect(read(writeWorkspaceFeed({ ...feed, resources: [] }, '2.1')).map(({ name }) => name)).toEqual([
      'ResourceCollection',
      'Publisher',
      'Resources',
      'TerminalServers',
      'TerminalServer',
    ]);
  });
});

describe('version that a client asks for', () => {
  it.each([
    [undefined, '1.1'],
    ['text/html, */*', '1.1'],
    ['application/x-msts-radc+xml', '2.0'],
    ['application/x-msts-radc+xml;radc_schema_version=2.0', '2.0'],
    ['text/xml, application/x-msts-radc+xml; radc_schema_version=2.1', '2.1'],
    ['application/x-msts-radc+xml;radc_schema_version=3.0', '2.1'],
    ['application/x-msts-radc+xml;radc_schema_version=1.1', '1.1'],
  ] as const)('%s → %s', (accept, version) => {
    expect(feedVersion(accept)).toBe(version);
  });
});
