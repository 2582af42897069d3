import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { exchange, statuses } from './agent/raw-http.ts';

// What nobody's client sends: the agent answers what is right, or closes; it never hangs, dies or grows.

let agent: AgentProcess;
beforeAll(async () => {
  agent = await startAgentProcess(undefined, {
    Service: { MaxPacketRetrievalTimeSeconds: 2 },
    Winrs: { MaxShellsPerUser: 3 },
  });
});
afterAll(() => agent.stop());

const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const head = (more = '', first = 'POST /wsman HTTP/1.1') =>
  `${first}\r\nHost: x\r\nAuthorization: ${basic}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n${more}`;
const envelope = (header: string, body: string) =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const identify = envelope(
  '',
  '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/>',
);
const whole = (body: string) => `${head(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`)}${body}`;
const post = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
  const init = {
    method: 'POST',
    body,
    headers: { Authorization: basic, 'Content-Type': 'application/soap+xml', ...headers },
  };
  const answer = await fetch(agent.http, init as RequestInit);
  return { status: answer.status, text: await answer.text() };
};
const codeOf = (text: string): number => Number(/WSManFault[^>]* Code="(\d+)"/.exec(text)?.[1]);
const shellUri = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell';
const message = (action: string, selectors: string, body: string, more = '') =>
  envelope(
    `<a:To>x</a:To><a:Action>${action}</a:Action><a:MessageID>uuid:1</a:MessageID><w:ResourceURI>${shellUri}/cmd</w:ResourceURI><w:SelectorSet>${selectors}</w:SelectorSet>${more}`,
    body,
  );
const transfer = 'http://schemas.xmlsoap.org/ws/2004/09/transfer';
const create = message(
  `${transfer}/Create`,
  '',
  '<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>',
).replace('<w:SelectorSet></w:SelectorSet>', '');
const shellId = (id: string) => `<w:Selector Name="ShellId">${id}</w:Selector>`;
const openShell = async () => /<rsp:ShellId>([^<]+)/.exec((await post(create)).text)![1]!;
const command = async (shell: string, line: string) =>
  /<rsp:CommandId>([^<]+)/.exec(
    (
      await post(
        message(
          `${shellUri}/Command`,
          shellId(shell),
          `<rsp:CommandLine><rsp:Command>${line}</rsp:Command></rsp:CommandLine>`,
        ),
      )
    ).text,
  )![1]!;
const send = (shell: string, id: string, end: boolean) =>
  post(
    message(
      `${shellUri}/Send`,
      shellId(shell),
      `<rsp:Send><rsp:Stream Name="stdin" CommandId="${id}"${end ? ' End="true"' : ''}>eA==</rsp:Stream></rsp:Send>`,
    ),
  );
const receive = (shell: string, id: string, timeout = 'PT20S') =>
  post(
    message(
      `${shellUri}/Receive`,
      shellId(shell),
      `<rsp:Receive><rsp:DesiredStream CommandId="${id}">stdout stderr</rsp:DesiredStream></rsp:Receive>`,
      `<w:OperationTimeout>${timeout}</w:OperationTimeout>`,
    ),
  );
const remove = (shell: string) => post(message(`${transfer}/Delete`, shellId(shell), ''));

describe('HTTP', () => {
  it.each([
    ['GET', head('\r\n', 'GET /wsman HTTP/1.1'), [405]],
    ['another path', head('Content-Length: 0\r\n\r\n', 'POST /other HTTP/1.1'), [404]],
    ['a path that only begins so', head('Content-Length: 0\r\n\r\n', 'POST /wsmanx HTTP/1.1'), [404]],
    ['length and chunks', `${head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n')}0\r\n\r\n`, [400]],
    ['two lengths', head('Content-Length: 5\r\nContent-Length: 6\r\n\r\n'), [400]],
    ['a negative length', head('Content-Length: -1\r\n\r\n'), [400]],
    ['a huge length', head('Content-Length: 99999999999\r\n\r\n'), [413]],
    ['headers of 64 KB', head(`X: ${'a'.repeat(65_536)}\r\n\r\n`), [431]],
    ['no HTTP', 'hello\r\n\r\n', [400]],
    ['a body of nothing', head('Content-Length: 0\r\n\r\n'), [200]],
  ])('%s', async (_name, bytes, expected) => {
    const { text } = await exchange(agent.http, [bytes]);
    expect(statuses(text)).toEqual(expected);
  });

  it('closes after what it does not understand', async () => {
    for (const bytes of [
      `${head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n')}0\r\n\r\n`,
      head('Content-Length: 99999999999\r\n\r\n'),
    ])
      expect((await exchange(agent.http, [bytes], 3000)).closed).toBe(true);
  });

  it('answers two requests that come at once, chunks, and who asks before sending', async () => {
    expect(statuses((await exchange(agent.http, [whole(identify) + whole(identify)])).text)).toEqual([200, 200]);
    const chunked = `${head('Transfer-Encoding: chunked\r\n\r\n')}${identify.length.toString(16)}\r\n${identify}\r\n0\r\n\r\n`;
    expect(statuses((await exchange(agent.http, [chunked])).text)).toEqual([200]);
    const asked = await exchange(agent.http, [
      head(`Expect: 100-continue\r\nContent-Length: ${identify.length}\r\n\r\n`),
      identify,
    ]);
    expect(statuses(asked.text)).toEqual([100, 200]);
  });

  it('answers UTF-16 in UTF-16', async () => {
    const { status } = await post(Buffer.from(`\ufeff${identify}`, 'utf16le'), {
      'Content-Type': 'application/soap+xml;charset=UTF-16',
    });
    expect(status).toBe(200);
  });

  it('serves others while sixty drip, and closes on those', async () => {
    const { hostname, port } = new URL(agent.http);
    const slow = Array.from({ length: 60 }, (_, n) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.write(
        n % 2
          ? 'POST /wsman HTTP/1.1\r\nHo'
          : `${head(`Content-Length: ${identify.length}\r\n\r\n`)}${identify.slice(0, 50)}`,
      );
      return { socket, closed: new Promise<void>((resolve) => socket.once('close', () => resolve())) };
    });
    const started = performance.now();
    expect((await post(identify)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(3000);
    for (const one of slow) one.socket.resume();
    await Promise.all(slow.map((one) => one.closed));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('XML', () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(100)}"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
  it.each([
    ['not well formed', '<s:Envelope'],
    ['an entity from a file', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${identify}`],
    ['a bomb', bomb + identify],
    ['100,000 elements in each other', `${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`],
    ['two bodies', identify.replace('</s:Envelope>', '<s:Body/></s:Envelope>')],
    ['no envelope', '<hello/>'],
  ])('%s is refused with a fault', async (_name, body) => {
    const { status, text } = await post(body);
    expect([status, text]).toEqual([500, expect.stringContaining('s:Fault')]);
    expect(text).not.toContain('root:');
  });
  it('4 MB are too much', async () => {
    const answer = await post(`${identify}${' '.repeat(4_000_000)}`).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413);
  });
});

describe('logging on', () => {
  const attempt = (authorization: string | null) =>
    exchange(agent.http, [
      `POST /wsman HTTP/1.1\r\nHost: x\r\n${authorization === null ? '' : `Authorization: ${authorization}\r\n`}Content-Type: application/soap+xml\r\nContent-Length: ${identify.length}\r\n\r\n${identify}`,
    ]);
  const of = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  it.each([
    ['nothing', null],
    ['an empty header', ''],
    ['no base64', 'Basic !!!'],
    ['an empty name', of('', password)],
    ['a prefix of the name', of(user.slice(0, -1), password)],
    ['an empty password', of(user, '')],
    ['a prefix of the password', of(user, password.slice(0, -1))],
    ['a longer password', of(user, `${password}x`)],
    ['NTLM from its third message on', `Negotiate ${Buffer.from('NTLMSSP\0\x03\0\0\0').toString('base64')}`],
    ['garbage', `Negotiate ${'A'.repeat(1000)}`],
    ['a scheme that nobody knows', 'Bearer x'],
  ])('%s opens nothing', async (_name, authorization) => {
    const { text, ms } = await attempt(authorization);
    expect(statuses(text)).toEqual([401]);
    expect(text).toContain('WWW-Authenticate: Basic realm="WSMAN"');
    expect(ms).toBeLessThan(3000);
  });
  it('a sealed body without a logon is refused', async () => {
    const { status } = await post('x', {
      'Content-Type':
        'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"',
    });
    expect(status).toBe(400);
  });
  it('who guesses has to wait, and is not even heard with the right password then', async () => {
    const guessed = await startAgentProcess();
    try {
      const answers: number[] = [];
      for (const secret of ['a', 'b', 'c', password]) {
        const answer = await fetch(guessed.http, { method: 'POST', headers: { Authorization: of(user, secret) } });
        answers.push(answer.status);
      }
      expect(answers).toEqual([401, 401, 401, 401]);
      await expect
        .poll(async () => (await fetch(guessed.http, { method: 'POST', headers: { Authorization: basic } })).status, {
          timeout: 8000,
          interval: 500,
        })
        .toBe(200);
    } finally {
      await guessed.stop();
    }
  });
});

describe('shells', () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  it('unknown ones, unknown commands, deleted ones', async () => {
    const shell = await openShell();
    expect(codeOf((await receive(nobody, nobody)).text)).toBe(2150858843);
    expect(codeOf((await receive(shell, nobody)).text)).toBe(2150858843);
    expect((await remove(shell)).status).toBe(200);
    expect(codeOf((await remove(shell)).text)).toBe(2150858843);
  });
  it('more than one may have', async () => {
    const shells = [await openShell(), await openShell(), await openShell()];
    expect(codeOf((await post(create)).text)).toBe(2150859173);
    for (const one of shells) await remove(one);
  });
  it('input after its end, and two who read one output', async () => {
    const shell = await openShell();
    const id = await command(shell, 'cat &gt;/dev/null; sleep 2');
    expect((await send(shell, id, true)).status).toBe(200);
    expect((await send(shell, id, false)).text).toContain('InvalidParameter');
    const both = await Promise.all([receive(shell, id), receive(shell, id)]);
    expect(both.map((one) => codeOf(one.text)).filter((one) => !Number.isNaN(one))).toEqual([2150859047]);
    await remove(shell);
  });
  it('a silent command times out, for ever', async () => {
    const shell = await openShell();
    const id = await command(shell, 'sleep 1000');
    for (let n = 0; n < 2; n++) expect(codeOf((await receive(shell, id, 'PT0.2S')).text)).toBe(2150858793);
    await remove(shell);
  });
  it('1 GB that nobody reads costs no memory', async () => {
    const shell = await openShell();
    const before = await agent.memory();
    await command(shell, 'head -c 1000000000 /dev/zero');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await agent.memory()) - before).toBeLessThan(40 * 2 ** 20);
    await remove(shell);
  });
});

describe('after 10,000 requests of all kinds', () => {
  it('the agent is as large as after the first thousands', async () => {
    const bodies = [
      identify,
      '<x',
      create.replace('Create', 'Nothing'),
      message(`${transfer}/Get`, shellId('x'), ''),
      message(`${transfer}/Get`, '', ''),
    ];
    const round = async (count: number) => {
      const work = Array.from({ length: 8 }, async (_, lane) => {
        for (let n = lane; n < count; n += 8) await post(bodies[n % bodies.length]!);
      });
      await Promise.all(work);
    };
    await round(4000);
    const before = await agent.memory();
    await round(6000);
    const after = await agent.memory();
    console.log(`memory: ${(before / 2 ** 20).toFixed(0)} MB, then ${(after / 2 ** 20).toFixed(0)} MB`);
    expect(after - before).toBeLessThan(30 * 2 ** 20);
  });
});
