import type { AcceptorEvent, ClientData } from '@atelier/rdp';
import { expect, it } from 'vitest';
import type { ClientChannel } from './client-channel.ts';
import { LobbyScreen } from './lobby-screen.ts';
import { signInView } from './words.ts';

it('gives the whole picture again once a second, however often it is asked for, and in the end what was asked for last', async () => {
  const pictures: number[] = [];
  let tell: (event: AcceptorEvent) => void = () => {};
  const acceptor = {
    activate: () => [],
    pointer: () => [],
    paint: (tiles: readonly unknown[]) => [Buffer.alloc(tiles.length)],
  };
  const channel = {
    acceptor,
    keepsUp: true,
    gone: new AbortController().signal,
    send: (messages: readonly Buffer[]) => void pictures.push(...messages.map(({ length }) => length)),
    wait: async () => ({ kind: 'active' }),
    listen: (listener: (event: AcceptorEvent) => void) => {
      tell = listener;
    },
  };
  const core = { desktopWidth: 640, desktopHeight: 480, keyboardLayout: 0x409, desktopScaleFactor: 100 };
  const screen = await LobbyScreen.open(
    channel as unknown as ClientChannel,
    { core } as ClientData,
    '',
    new AbortController().signal,
  );
  screen.show(signInView(''));
  const [whole] = pictures;
  expect(whole).toBeGreaterThan(50);
  const refresh = { kind: 'refresh' } as unknown as AcceptorEvent;
  for (let n = 0; n < 200; n++) tell(refresh);
  expect(pictures).toEqual([whole, whole]);
  await expect.poll(() => pictures, { timeout: 5000 }).toEqual([whole, whole, whole]);
});
