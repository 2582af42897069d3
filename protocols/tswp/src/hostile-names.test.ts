import { expect, it } from 'vitest';
import { desktopSettings, encodeRdpFile, rdpFileLines } from './rdp-file.ts';
import { writeWorkspaceFeed } from './workspace-feed.ts';

let seed = 20261121;
const below = (limit: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
};
const parts = [
  'Desk',
  '\r\n',
  '\n',
  '\0',
  '\u2028',
  '\u0085',
  '\u202e',
  ':s:',
  '"/>',
  '<Resource ID="x">',
  ']]>',
  '<!--',
  '&#10;',
  '&',
  "'",
  '\ud800',
  '\ufffe',
  'é☃',
  'full address:s:evil',
];
const hostile = () => Array.from({ length: 1 + below(6) }, () => parts[below(parts.length)]!).join('');

it('keeps what a connection file is told on its line, or refuses it: 5,000 files', () => {
  let written = 0;
  for (let n = 0; n < 5000; n++) {
    const value = hostile();
    const given = { address: 'desk', loadBalanceInfo: value, userName: hostile(), credSsp: false };
    try {
      const settings = desktopSettings(given);
      const lines = rdpFileLines(settings);
      const text = Buffer.from(encodeRdpFile(lines)).toString('utf16le').slice(1);
      expect(text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length).toBe(Object.keys(settings).length + 1);
      expect(text.match(/^full address:/gm)).toHaveLength(1);
      written++;
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
  expect(written).toBeGreaterThan(200);
});

it('keeps names of a feed within their attributes: 2,000 feeds', () => {
  const feed = (name: string, title: string, folder: string) =>
    writeWorkspaceFeed(
      {
        name,
        id: 'desk',
        updatedAt: new Date(0),
        terminalServer: name,
        resources: [
          { id: '1', alias: title, title, kind: 'Desktop', updatedAt: new Date(0), folder, rdpFileUrl: `/${title}` },
        ],
      },
      '2.1',
    );
  const shape = (xml: string) => xml.replaceAll(/"[^"]*"/g, '""');
  const plain = shape(feed('a', 'b', '/c'));
  for (let n = 0; n < 2000; n++) {
    const xml = feed(hostile(), hostile(), `/${hostile()}`);
    expect(shape(xml)).toBe(plain);
    // XML 1.0, 2.2: no other control characters, no halves of letters; 2.4: no bare ampersand.
    expect(xml).not.toMatch(/[^\P{Cc}\n]|\p{Cs}|[\ufffe\uffff]/u);
    expect(xml).not.toMatch(/&(?!(?:amp|lt|gt|quot|#10|#13|#9);)/);
  }
});
