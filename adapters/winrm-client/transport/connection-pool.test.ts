import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRequest, writeResponse } from '@atelier/wsman';
import { afterEach, describe, expect, it } from 'vitest';
import { Session } from '../session.ts';
import { readTarget } from '../target.ts';
import { challengeOf } from './connection.ts';

let server: Server | null = null;
afterEach(async () => {
  const old = server;
  server = null;
  old?.closeAllConnections();
  await new Promise<void>((resolve) => (old ? old.close(() => resolve()) : resolve()));
});

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

/** A host that answers as the test says. Gives its address. */
async function host(answer: Answer): Promise<string> {
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    answer(request, Buffer.concat(pieces), response);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/wsman`;
}

function soap(body: Buffer, response: ServerResponse, headers: Record<string, string> = {}): void {
  const { headers: asked } = readRequest(body);
  const text = writeResponse(asked, { kind: 'get', body: { raw: '<a/>' } }, { messageId: 'uuid:1' });
  response.writeHead(200, { 'Content-Type': 'application/soap+xml;charset=UTF-8', ...headers }).end(text);
}

const sessionTo = (url: string) => new Session({ url, credentials: { kind: 'none' }, allowUnencrypted: true });

describe('connections', () => {
  it('are kept, and say again what a host that had closed one did not hear', async () => {
    const sockets = new Set<unknown>();
    let cut = false;
    const url = await host((request, body, response) => {
      sockets.add(request.socket);
      if (cut) {
        cut = false;
        request.socket.destroy();
      } else soap(body, response);
    });
    const session = sessionTo(url);
    await session.get('urn:a');
    await session.get('urn:a');
    expect(sockets.size).toBe(1);
    cut = true;
    await session.get('urn:a');
    expect(sockets.size).toBe(2);
    cut = true;
    await expect(session.delete('urn:a')).rejects.toMatchObject({ code: 'winrm.unreachable' });
    session.close();
    await expect(session.get('urn:a')).rejects.toMatchObject({ code: 'winrm.request' });
  });

  it('bring back the cookie of a load balancer', async () => {
    const seen: (string | undefined)[] = [];
    const url = await host((request, body, response) => {
      seen.push(request.headers.cookie);
      soap(body, response, { 'Set-Cookie': 'MS-WSMAN=node7; path=/' });
    });
    const session = sessionTo(url);
    await session.get('urn:a');
    await session.get('urn:a');
    session.close();
    expect(seen).toEqual([undefined, 'MS-WSMAN=node7']);
  });

  it('do not follow a redirection unasked, or to a place without TLS', async () => {
    const url = await host((_request, _body, response) =>
      response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
    );
    for (const followRedirect of [false, true]) {
      const session = new Session({ url, credentials: { kind: 'none' }, followRedirect });
      await expect(session.get('urn:a')).rejects.toMatchObject({ code: 'winrm.redirected' });
      session.close();
    }
  });

  it.each<readonly [string, Answer]>([
    ['a page', (_r, _b, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
    ['nothing', (_r, _b, response) => void response.writeHead(500).end()],
    [
      'another answer',
      (_r, body, response) =>
        soap(Buffer.from(body.toString().replace(/uuid:[0-9A-F-]+(?=<\/a:MessageID)/, 'uuid:other')), response),
    ],
    [
      'half an answer',
      (_r, _b, response) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('<s', () => response.destroy());
      },
    ],
    ['more than was asked for', (_r, _b, response) => void response.writeHead(200).end(Buffer.alloc(2_000_000, ' '))],
  ])('tell a host that answers with %s', async (_, answer) => {
    const session = sessionTo(await host(answer));
    await expect(session.get('urn:a')).rejects.toMatchObject({ code: 'winrm.answer' });
    session.close();
  });

  it('take an answer that does not say what it answers', async () => {
    const url = await host((_request, body, response) => {
      const { headers } = readRequest(body);
      const text = writeResponse(headers, { kind: 'get', body: { raw: '<a/>' } }, { messageId: 'uuid:1' });
      response.end(text.replace(/<a:RelatesTo>.*<\/a:RelatesTo>/, ''));
    });
    const session = sessionTo(url);
    expect(await session.get('urn:a')).toMatchObject({ name: 'a' });
    session.close();
  });

  it('are no more than allowed at a time', async () => {
    const waiting: (() => void)[] = [];
    const url = await host((_request, body, response) => void waiting.push(() => soap(body, response)));
    const session = new Session({ url, credentials: { kind: 'none' }, maxConnections: 2 });
    const calls = [1, 2, 3].map(() => session.get('urn:a'));
    await expect.poll(() => waiting.length).toBe(2);
    waiting.shift()!();
    await calls[0];
    await expect.poll(() => waiting.length).toBe(2);
    for (const go of waiting) go();
    await Promise.all(calls);
    session.close();
  });
});

describe('an address', () => {
  it.each([
    ['host', 'https://host:5986/wsman'],
    ['host:1234', 'https://host:1234/wsman'],
    ['http://host', 'http://host:5985/wsman'],
    ['http://host:80/x', 'http://host:80/x'],
    ['https://host:443/', 'https://host:443/wsman'],
    ['https://[::1]:5986/wsman', 'https://[::1]:5986/wsman'],
    ['::1', 'https://[::1]:5986/wsman'],
  ])('%s is %s', (text, url) => {
    expect(readTarget(text).url).toBe(url);
  });

  it.each(['', 'http://user:secret@host/', 'http://', 'a b'])('"%s" is none', (text) => {
    expect(() => readTarget(text)).toThrow();
  });
});

describe('a challenge', () => {
  it.each([
    ['Negotiate', ''],
    ['Basic realm="WSMAN", Negotiate YWJj', 'abc'],
    ['Negotiate YWJj==, Kerberos', 'abc'],
    ['Kerberos', null],
    [undefined, null],
  ])('%s', (header, expected) => {
    const found = challengeOf(header, 'Negotiate');
    expect(found === null ? null : Buffer.from(found).toString()).toBe(expected);
  });
});
