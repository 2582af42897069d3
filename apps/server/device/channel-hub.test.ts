import { EventEmitter } from 'node:events';
import type { ChannelCommand } from '@atelier/api';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { channelHub, closeCodes } from './channel-hub.ts';

class FakeSocket extends EventEmitter {
  readonly sent: ChannelCommand[] = [];
  closedWith: number | undefined;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code: number): void {
    this.closedWith = code;
    this.emit('close');
  }
}
const socket = () => {
  const fake = new FakeSocket();
  return { fake, real: fake as unknown as WebSocket };
};
const refresh = (id: string): ChannelCommand => ({ kind: 'refresh', id });
const good = (id: string) => ({ kind: 'answer', id, ok: true, error: null }) as const;

it('brings an answer to whoever asked, and to nobody else', async () => {
  const hub = channelHub();
  const { fake, real } = socket();
  const channel = hub.add('a', real);
  const [first, second] = [hub.ask('a', refresh('1'), 1000), hub.ask('a', refresh('2'), 1000)];
  hub.answered(channel, good('2'));
  hub.answered(channel, good('unknown'));
  hub.answered(channel, good('1'));
  expect((await first).id).toBe('1');
  expect((await second).id).toBe('2');
  expect(fake.sent.map((one) => one.id)).toEqual(['1', '2']);
});

it('takes no answer from another endpoint', async () => {
  const hub = channelHub();
  hub.add('a', socket().real);
  const other = hub.add('b', socket().real);
  const asked = hub.ask('a', refresh('1'), 30);
  hub.answered(other, good('1'));
  await expect(asked).rejects.toMatchObject({ code: 'endpoint.offline' });
});

it('fails what waits when the endpoint goes, does not answer, or is not there', async () => {
  const hub = channelHub();
  await expect(hub.ask('a', refresh('1'), 1000)).rejects.toMatchObject({ code: 'endpoint.offline' });
  const { fake, real } = socket();
  hub.add('a', real);
  await expect(hub.ask('a', refresh('2'), 10)).rejects.toThrow('did not answer');
  const asked = hub.ask('a', refresh('3'), 1000);
  fake.emit('close');
  await expect(asked).rejects.toThrow('disconnected');
  expect(hub.get('a')).toBeUndefined();
});

it('keeps the newer channel when the older one that it replaced goes', () => {
  const hub = channelHub();
  const [older, newer] = [socket(), socket()];
  hub.add('a', older.real);
  const channel = hub.add('a', newer.real);
  expect(older.fake.closedWith).toBe(closeCodes.replaced);
  expect(hub.get('a')).toBe(channel);
  expect(hub.all()).toEqual([channel]);
});
