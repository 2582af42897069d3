import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { screenClosed, screenDesk } from './screen-desk.ts';

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => server.close());

/** A connection with both of its ends: the far one plays the browser or the endpoint. */
async function connection(): Promise<{ readonly near: WebSocket; readonly far: WebSocket }> {
  const arriving = once(server, 'connection');
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[near]] = await Promise.all([arriving, once(far, 'open')]);
  return { near, far };
}

it('carries what either side says, also what the browser said too early', async () => {
  const desk = screenDesk();
  const [browser, endpoint] = [await connection(), await connection()];
  const id = desk.expect('a', browser.near);
  browser.far.send('early');
  const heard = once(endpoint.far, 'message');
  desk.join(desk.find(id, 'a'), endpoint.near);
  expect(String((await heard)[0])).toBe('early');
  const answered = once(browser.far, 'message');
  endpoint.far.send('answer');
  expect(String((await answered)[0])).toBe('answer');
  endpoint.far.close();
  await once(browser.far, 'close');
});

it('lets only the endpoint that was asked find a screen, and only once', async () => {
  const desk = screenDesk();
  const browser = await connection();
  const id = desk.expect('a', browser.near);
  expect(() => desk.find(id, 'b')).toThrow();
  desk.refuse(id, undefined, 'no');
  const [code, reason] = await once(browser.far, 'close');
  expect([code, String(reason)]).toEqual([screenClosed.refused, 'no']);
  expect(() => desk.find(id, 'a')).toThrow();
});

it('forgets a browser that went away', async () => {
  const desk = screenDesk();
  const browser = await connection();
  const id = desk.expect('a', browser.near);
  const gone = once(browser.near, 'close');
  // Paused, as it is while it waits, it would not hear that the other side has gone.
  browser.near.terminate();
  await gone;
  expect(() => desk.find(id, 'a')).toThrow();
});
