import { newId } from '@atelier/adapters/postgres';
import type { Services } from '../services.ts';
import { policySetting } from '../transfers/index.ts';
import type { ChannelHub } from './channel-hub.ts';

/** Changes after which somebody's grant may say something else. */
const relevant: readonly string[] = ['workspace', 'assignment', 'image', 'user', 'group', 'everything'];
/** Changes come in bunches: endpoints are told once, this much later. */
const gatherMs = 1000;
/** Endpoints told per second, so that thousands do not ask for their grants at once. */
const perSecond = 50;

/** Tells the endpoints that are connected here to ask for their grants anew, soon after anything changed that is in them. */
export function spreadPolicyNews(services: Pick<Services, 'changes' | 'signal'>, hub: ChannelHub): void {
  let gathering = false;
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const tell = () => {
    gathering = false;
    hub.all().forEach((channel, place) => {
      later((place / perSecond) * 1000, () => {
        if (hub.get(channel.endpointId) === channel) channel.send({ kind: 'refresh', id: newId() });
      });
    });
  };
  services.changes.subscribe(({ kind, id }) => {
    if (kind === 'transfer-override') hub.get(id)?.send({ kind: 'refresh', id: newId() });
    const news = relevant.includes(kind) || (kind === 'setting' && id === policySetting);
    if (gathering || !news) return;
    gathering = true;
    later(gatherMs, tell);
  }, services.signal);
  services.signal.addEventListener(
    'abort',
    () => {
      for (const timer of timers) clearTimeout(timer);
    },
    { once: true },
  );
}
