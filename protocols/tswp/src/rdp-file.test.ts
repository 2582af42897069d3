import { describe, expect, it } from 'vitest';
import { desktopSettings, encodeRdpFile, rdpFileLines } from './rdp-file.ts';
import { signRdpFile } from './sign-rdp-file.ts';

describe('.rdp file', () => {
  it('holds numbers and texts as their types', () => {
    expect(rdpFileLines({ 'full address': 'desk:3390', 'authentication level': 2 })).toEqual([
      'full address:s:desk:3390',
      'authentication level:i:2',
    ]);
  });

  it.each([
    { 'full address': 'a\r\nalternate shell:s:cmd' },
    { username: 'a\nb' },
    { username: 'a\u2028b' },
    { 'bad:name': 'x' },
    { username: 'x'.repeat(5000) },
    { 'server port': 1.5 },
  ])('refuses what would become another setting: %j', (settings) => {
    expect(() => rdpFileLines(settings as never)).toThrow(RangeError);
  });

  it('is UTF-16 with its mark', () => {
    const bytes = Buffer.from(encodeRdpFile(['username:s:éva']));
    expect(bytes.subarray(0, 2).toString('hex')).toBe('fffe');
    expect(bytes.subarray(2).toString('utf16le')).toBe('username:s:éva\r\n');
  });

  it('opens a program in place of a desktop', () => {
    const settings = desktopSettings({
      address: 'desk',
      credSsp: false,
      program: { alias: 'calc', title: 'Calculator' },
      loadBalanceInfo: 'tsv://MS Terminal Services Plugin.1.Office',
    });
    expect(settings).toMatchObject({
      remoteapplicationmode: 1,
      remoteapplicationprogram: '||calc',
      'use redirection server name': 1,
      enablecredsspsupport: 0,
    });
  });

  it('needs a certificate to be signed', async () => {
    const signer = { certificates: [], sign: () => new Uint8Array(1) };
    await expect(signRdpFile({ username: 'ada' }, signer)).rejects.toThrow('certificate');
  });
});
