import type { CimChange, EventsDropped, ProviderEvent } from '@atelier/plugin-kit';
import { elementsOf, isWsmanFault, parseXml, textOf, writeXml } from '@atelier/wsman';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { createCimEngine, dialects } from './index.ts';
import { sampleProvider, service, testContext } from './testing/sample-provider.ts';

const request = (text: string) => ({
  resourceUri: 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/*',
  selectors: [],
  bookmark: null,
  filter: { dialect: dialects.wql, text, element: parseXml('<f/>') },
});

/** Class and key of the instance that an event tells of. */
function told(event: ProviderEvent | EventsDropped): readonly string[] {
  if ('dropped' in event) throw new Error('events were dropped');
  const root = parseXml(writeXml(event.item));
  const target = elementsOf(root).find((one) => one.name === 'TargetInstance' || one.name === 'Representative');
  const name =
    target &&
    elementsOf(target).find((one) => one.name === 'Name' || one.name === 'Id' || one.name === 'TargetInstance');
  return [root.name, name ? textOf(name).slice(0, 20) : ''];
}

describe('events of instances', () => {
  it('are found by looking, and end with the subscription', async () => {
    const sample = sampleProvider();
    const end = new AbortController();
    const engine = createCimEngine([sample.provider]);
    const events = engine.subscribe(
      request("SELECT * FROM __InstanceOperationEvent WITHIN 0.01 WHERE TargetInstance ISA 'CIM_Service'"),
      testContext(end.signal),
    );
    const found: (readonly string[])[] = [];
    setTimeout(() => sample.services.set('new', service('new')), 60);
    for await (const event of events) {
      found.push(told(event));
      if (found.length === 1) sample.services.set('ssh', service('ssh', 'Stopped'));
      if (found.length === 2) sample.services.delete('cron');
      if (found.length === 3) end.abort();
    }
    expect(found).toEqual([
      ['__InstanceCreationEvent', 'new'],
      ['__InstanceModificationEvent', 'ssh'],
      ['__InstanceDeletionEvent', 'cron'],
    ]);
  });

  it('come from a source that watches, filtered, without WITHIN', async () => {
    const changes = (async function* (): AsyncGenerator<CimChange> {
      for (let id = 0; id < 5; id++)
        yield { kind: 'created', instance: { kind: 'instance', className: 'T_Log', values: { Id: id } } };
    })();
    const end = new AbortController();
    const engine = createCimEngine([sampleProvider(changes).provider]);
    const text = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Log' AND TargetInstance.Id > 3";
    for await (const event of engine.subscribe(request(text), testContext(end.signal))) {
      expect(told(event)).toEqual(['__InstanceCreationEvent', '4']);
      end.abort();
    }
    expect(end.signal.aborted).toBe(true);
  });

  it('are gathered by GROUP WITHIN', async () => {
    const changes = (async function* (): AsyncGenerator<CimChange> {
      for (let id = 0; id < 7; id++)
        yield { kind: 'created', instance: { kind: 'instance', className: 'T_Log', values: { Id: id } } };
    })();
    const end = new AbortController();
    const engine = createCimEngine([sampleProvider(changes).provider]);
    const text =
      "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Log' GROUP WITHIN 0.02 HAVING NumberOfEvents > 5";
    for await (const event of engine.subscribe(request(text), testContext(end.signal))) {
      if ('dropped' in event) throw new Error('events were dropped');
      expect(textOf(elementsOf(parseXml(writeXml(event.item))).find((one) => one.name === 'NumberOfEvents')!)).toBe(
        '7',
      );
      end.abort();
    }
    expect(end.signal.aborted).toBe(true);
  });

  it.each([
    ["SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Service'", /need WITHIN/],
    ['SELECT * FROM __InstanceCreationEvent WITHIN 1', /TargetInstance ISA/],
    ["SELECT * FROM T_Service WITHIN 1 WHERE Name = 'x'", /no class of events/],
    ['SELECT * FROM', /a class is expected/],
  ])('are refused for %s', async (text, complaint) => {
    const engine = createCimEngine([sampleProvider().provider]);
    const work = Array.fromAsync(engine.subscribe(request(text), testContext()));
    await expect(work).rejects.toThrow(complaint);
    await work.catch((error) => expect(isWsmanFault(error) && error.body.number).toBe(2150858778));
  });

  it('are said to be lacking where they came faster than they were taken', async () => {
    const changes = (async function* (): AsyncGenerator<CimChange> {
      for (let id = 0; id < 50; id++)
        yield { kind: 'created', instance: { kind: 'instance', className: 'T_Log', values: { Id: id } } };
    })();
    const end = new AbortController();
    const engine = createCimEngine([sampleProvider(changes).provider], { eventBuffer: 10 });
    const text = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Log'";
    const found: (string | number)[] = [];
    for await (const event of engine.subscribe(request(text), testContext(end.signal))) {
      found.push('dropped' in event ? event.dropped : told(event)[1]!);
      // Somebody who takes his time: all of them have come meanwhile.
      if (found.length === 1) await new Promise((resolve) => setTimeout(resolve, 20));
      if (found.at(-1) === '49') end.abort();
    }
    const dropped = found.filter((one) => typeof one === 'number').reduce((sum, one) => sum + one, 0);
    expect(dropped).toBeGreaterThan(0);
    expect(dropped + found.filter((one) => typeof one === 'string').length).toBe(50);
    expect(found.slice(-10)).toEqual(Array.from({ length: 10 }, (_, at) => String(40 + at)));
  });

  it('wait in a bounded buffer, of which the oldest go first', async () => {
    let dropped = 0;
    const queue = new EventQueue<number>(3, (count) => {
      dropped += count;
    });
    for (let n = 0; n < 10; n++) queue.push(n);
    queue.close();
    expect([await Array.fromAsync(queue.drain()), dropped]).toEqual([[{ dropped: 7 }, 7, 8, 9], 7]);
  });
});
