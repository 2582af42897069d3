// Sends people to targets of the site that they are at, and only to targets that are open. A target says where it is by its property `site`, and when it
// is open by `open`, such as `mon-fri 08:00-18:00`, by the clock of its site. Targets without these properties are everywhere, and always open.
import { BlockList, isIPv6 } from 'node:net';
import type { BrokerPlugin, Provider, Target } from '@atelier/plugin-kit/broker';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const pattern = /^([a-z]{3})(?:-([a-z]{3}))? ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)$/;

/** Whether a target with these opening hours is open when the site's clock shows that day (0 is Sunday) and time. */
export function isOpen(hours: string, day: number, time: string): boolean {
  const [, first = '', last = first, from = '', to = ''] = pattern.exec(hours) ?? [];
  const begin = days.indexOf(first);
  const end = days.indexOf(last);
  // Hours that nobody can read close nothing: the conformance of properties is checked where they are written.
  if (begin < 0 || end < 0) return true;
  const within = (one: number): boolean => (one - begin + 7) % 7 <= (end - begin + 7) % 7;
  if (from < to) return within(day) && from <= time && time < to;
  // Over midnight: the evening of a day that is within, or the morning after one.
  return (within(day) && time >= from) || (within((day + 6) % 7) && time < to);
}

function clockOf(timeZone: string, at: Date): { readonly day: number; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: days.indexOf(String(part.weekday).toLowerCase()), time: `${part.hour}:${part.minute}` };
}

/** Finds the site of an address. */
function siteFinder(sites: Readonly<Record<string, readonly string[]>>): (address: string) => string | null {
  const lists = Object.entries(sites).map(([site, subnets]) => {
    const list = new BlockList();
    for (const subnet of subnets) {
      const [address = '', bits = ''] = subnet.split('/');
      list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
    }
    return { site, list };
  });
  return (address) => lists.find(({ list }) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))?.site ?? null;
}

const load = (target: Target): number => (target.numSessions + target.numPendingConnections) / target.weight;

const takesOneMore = (target: Target): boolean => {
  const taken = target.numSessions + target.numPendingConnections;
  return (
    target.state === 'running' &&
    !target.drain &&
    target.owner === null &&
    taken < (target.singleSession ? 1 : (target.maxSessions ?? Number.POSITIVE_INFINITY))
  );
};

export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const siteOf = siteFinder((settings.sites ?? {}) as Record<string, string[]>);
  const timeZones = (settings.timeZones ?? {}) as Readonly<Record<string, string>>;
  let broker: Provider;

  /** Why a target is closed now; null when it is open. */
  const whyClosed = (target: Target, now: Date): string | null => {
    const { open, site } = target.properties;
    if (typeof open !== 'string') return null;
    const { day, time } = clockOf(timeZones[String(site)] ?? 'UTC', now);
    return isOpen(open, day, time) ? null : `is open ${open} only`;
  };

  return {
    name: 'calendar-and-site',
    initialize: (provider) => {
      broker = provider;
    },

    filterTargets(_connection, candidates) {
      const now = new Date();
      return candidates.flatMap((target) => {
        const reason = whyClosed(target, now);
        return reason === null ? [] : [{ targetName: target.name, reason }];
      });
    },

    async getMostSuitableTarget(connection, sink) {
      const site = siteOf(connection.client.address);
      // Elsewhere, or with a session that waits for them, people go where the broker sends them.
      if (site === null || (await connection.disconnectedSession())) return undefined;
      const now = new Date();
      let best: Target | null = null;
      for await (const target of broker.globalStore.enumerateTargets({ collection: connection.collection })) {
        connection.signal.throwIfAborted();
        if (target.properties.site !== site || !takesOneMore(target) || whyClosed(target, now) !== null) continue;
        if (best === null || load(target) < load(best)) best = target;
      }
      if (best === null) return undefined;
      sink.report('finding-destination', `A desktop in ${site}`);
      return { targetName: best.name, isNewConnection: true };
    },
  };
}
