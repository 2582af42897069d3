import { PassThrough, Readable } from 'node:stream';
import { commandShell } from '@atelier/adapters/command-shell';
import { startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { parseXml } from '@atelier/wsman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal/terminal.ts';
import { associationFilter } from './association-filter.ts';
import { readCommandWords, readValueSet } from './command-words.ts';
import { formatNode } from './format-xml.ts';
import { helpMessage, runWinrm } from './run-winrm.ts';
import { runWinrs } from './run-winrs.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ transports: ['HTTP'], shells: [commandShell()] });
});
afterAll(() => agent.stop());

const plain = (text: string) => text;

/** Carries a command out as somebody who types nothing but `input`; gives its exit code and what it wrote. */
async function run(program: typeof runWinrm, args: readonly string[], input = '', env: Record<string, string> = {}) {
  const out = new PassThrough();
  const err = new PassThrough();
  const terminal: Terminal = {
    input: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    out,
    err,
    outIsTerminal: false,
    errIsTerminal: false,
    canAsk: false,
    columns: 80,
    style: { bold: plain, dim: plain, red: plain, green: plain },
  };
  const read = async (stream: PassThrough) => Buffer.concat(await stream.toArray()).toString();
  const texts = Promise.all([read(out), read(err)]);
  const code = await program(args, terminal, env);
  out.end();
  err.end();
  const [said, complained] = await texts;
  return { code, out: said, err: complained };
}

const secret = { ATELIER_WINRM_PASSWORD: 'Secret-1' };
const host = () => [`-r:${agent.http}`, '-u:admin', '-a:basic', '-unencrypted'];
const winrm = (...args: string[]) => run(runWinrm, [...args, ...host()], '', secret);
const thing = 'wmicimv2/Sample_Thing?Name=thing3';

describe('winrm', () => {
  it('gets, sets and invokes', async () => {
    expect(await winrm('set', thing, '@{Size="7"}')).toEqual({
      code: 0,
      out: 'Sample_Thing\n    Name = thing3\n    Size = 7\n',
      err: '',
    });
    expect((await winrm('g', thing, '-fragment:Size/text()')).out).toBe('7\n');
    expect((await winrm('s', thing, '@{value="8"}', '-fragment:Size/text()')).code).toBe(0);
    expect((await winrm('get', thing, '-format:xml')).out).toMatch(
      /^<p:Sample_Thing .*<p:Size>8<\/p:Size><\/p:Sample_Thing>\n$/,
    );
    expect((await winrm('i', 'Echo', thing, '@{a="x;y";b=\'2\'}')).out).toBe(
      'Echo_OUTPUT\n    Echo_INPUT\n        a = x;y\n        b = 2\n',
    );
  });

  it('enumerates in every form', async () => {
    const { out } = await winrm('e', 'winrm/config/listener');
    expect(out).toMatch(/^Listener\n {4}Address = 127\.0\.0\.1\n {4}Transport = HTTP\n/);
    expect((await winrm('enum', 'wmicimv2/Sample_Thing')).out.match(/^Sample_Thing$/gm)).toHaveLength(20);
    const epr = await winrm('e', 'wmicimv2/Sample_Thing', '-returntype:epr');
    expect(epr.out).toContain('        SelectorSet\n            Selector: Name = thing3\n');
    const both = await winrm('e', 'wmicimv2/Sample_Thing', '-returntype:objectandepr', '-format:pretty');
    expect(both.out).toMatch(/<\/p:Sample_Thing>\n<a:EndpointReference /);
    const one = await winrm('e', 'wmicimv2/Sample_Thing', '-dialect:selector', '-filter:{Name="thing4"}');
    expect(one.out.match(/Name = /g)).toHaveLength(1);
  });

  it('identifies, also without a logon, and configures', async () => {
    const { code, out } = await run(runWinrm, ['id', `-r:${agent.http}`, '-a:none']);
    expect([code, out]).toEqual([0, expect.stringContaining('ProductVersion = OS: 0.0.0 SP: 0.0 Stack: 3.0')]);
    expect((await winrm('configure', 'service', '@{MaxConnections="123"}')).out).toContain('MaxConnections = 123');
    expect((await winrm('configure', 'service')).out).toContain('MaxConnections = 123');
  });

  it('prints faults as WinRM does', async () => {
    const { code, err } = await winrm('get', 'wmicimv2/Sample_Thing?Name=none');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^WSManFault\n {4}Message = .*\n[\s\S]*Error number: 2150858843 0x8033805B\n$/),
    ]);
  });

  it('takes passwords from where nobody else reads them, and warns of the rest', async () => {
    const get = ['g', 'winrm/config', `-r:${agent.http}`, '-u:admin', '-a:basic', '-unencrypted'];
    expect((await run(runWinrm, [...get, '-p:-'], 'Secret-1\n')).code).toBe(0);
    const shown = await run(runWinrm, [...get, '-p:Secret-1']);
    expect([shown.code, shown.err]).toEqual([0, expect.stringMatching(/^warning: a password on the command line/)]);
    expect(await run(runWinrm, get)).toMatchObject({ code: 2, err: expect.stringContaining('ATELIER_WINRM_PASSWORD') });
    const wrong = await run(runWinrm, get, '', { ATELIER_WINRM_PASSWORD: 'no' });
    expect([wrong.code, wrong.err]).toEqual([4, expect.stringContaining('refused the logon')]);
  });

  it('refuses what it does not know', async () => {
    for (const args of [
      ['frob'],
      ['get'],
      ['get', 'winrm/config', '-tyop'],
      ['get', 'x', '-format:odd'],
      ['set', thing],
      ['e', thing, '-returntype:odd'],
      ['helpmsg', 'x'],
    ])
      expect([args, (await winrm(...args)).code]).toEqual([args, 2]);
    expect((await run(runWinrm, ['get', 'x', '-a:digest', '-u:x'])).code).toBe(2);
    expect((await run(runWinrm, ['-?'])).out).toContain('winrm enumerate RESOURCE');
  });

  it('explains numbers', () => {
    expect(helpMessage('5', 'en')).toBe('Access is denied.');
    expect(helpMessage('0x80338029', 'en')).toBe(helpMessage('-2144108503', 'en'));
    expect(helpMessage('2150858793', 'fr_FR.UTF-8')).toMatch(/délai/);
    expect(() => helpMessage('77', 'en')).toThrow('no message');
  });
});

describe('winrs', () => {
  it('runs a command with input, folder and environment, and ends as it ended', async () => {
    const args = [...host(), '-env:A=1', '-env:B=x=y', '-d:/', 'cat; echo $A $B; pwd; echo bad >&2; exit 7'];
    expect(await run(runWinrs, args, 'in\n', secret)).toEqual({ code: 7, out: 'in\n1 x=y\n/\n', err: 'bad\n' });
    expect(await run(runWinrs, [...host(), 'echo', '-n', 'a'], '', secret)).toMatchObject({ code: 0, out: 'a' });
    expect((await run(runWinrs, [...host(), '-skipshell', '/bin/echo', '$HOME'], '', secret)).out).toBe('$HOME\n');
  });

  it('says what is missing', async () => {
    expect((await run(runWinrs, host(), '', secret)).code).toBe(2);
    expect((await run(runWinrs, [...host(), '-frob', 'x'], '', secret)).code).toBe(2);
    expect((await run(runWinrs, [])).out).toContain('winrs -r:HOST');
  });
});

describe('the grammar', () => {
  it('has words, switches and values', () => {
    const found = readCommandWords(['get', 'winrm/config', '-Remote:http://h:1/x', '-UseSSL', '@{A="b"}']);
    expect(found.words).toEqual(['get', 'winrm/config']);
    expect([...found.switches]).toEqual([
      ['r', 'http://h:1/x'],
      ['usessl', ''],
    ]);
    expect(found.values).toEqual({ A: 'b' });
    expect(() => readCommandWords(['-r:a', '-remote:b'])).toThrow('twice');
  });

  it('has values in quotes or without', () => {
    expect(readValueSet('@{A="b;c";D = e ;F=\'g"\';H="say ""x"""}')).toEqual({
      A: 'b;c',
      D: 'e',
      F: 'g"',
      H: 'say "x"',
    });
    expect(readValueSet('@{}')).toEqual({});
    for (const text of ['A=b', '@{A}', '@{A="b}', '@{=b}']) expect(() => readValueSet(text)).toThrow();
  });

  it('has filters of associations', () => {
    const beside = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/*';
    const filter = parseXml(
      associationFilter({ Object: 'Win32_Service?Name=ssh', ResultClassName: 'Win32_Process' }, beside, false),
    );
    expect(filter).toMatchObject({
      name: 'AssociatedInstances',
      children: [{ name: 'Object' }, { name: 'ResultClassName', children: ['Win32_Process'] }],
    });
    expect(JSON.stringify(filter)).toContain('wmi/root/cimv2/Win32_Service"');
    expect(() => associationFilter({}, beside, true)).toThrow('object');
  });
});

describe('the form of answers', () => {
  const node = parseXml(
    '<p:A xmlns:p="urn:A" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><p:B>1</p:B><p:C>x</p:C><p:C>y</p:C><p:D xsi:nil="true"/><p:E><q>2</q></p:E><p:F/></p:A>',
  );

  it('is text by the line, XML, or XML by the line', () => {
    expect(formatNode(node, 'text')).toBe('A\n    B = 1\n    C = x, y\n    D = null\n    E\n        q = 2\n    F =');
    expect(parseXml(formatNode(node, 'xml'))).toEqual(node);
    expect(formatNode(node, 'pretty')).toMatch(/^<p:A xmlns:p="urn:A">\n {2}<p:B>1<\/p:B>\n[\s\S]*\n<\/p:A>$/);
  });
});
