import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';

// Enumerations and subscriptions by a client in Python that writes and reads its messages by itself (peers/python-soap/soap.py).

let agent: AgentProcess;
beforeAll(async () => {
  agent = await startAgentProcess(
    { [user]: password, nobody: 'Other-1' },
    { things: true, Service: { EnumerationTimeoutms: 60_000 } },
  );
});
afterAll(() => agent.stop());

const python = <T>(script: string): Promise<T> =>
  pywinrm<T>(agent, `from soap import *\nclient = Client()\n${script}`, {
    PYTHONPATH: join(import.meta.dirname, 'python-soap'),
    PYTHONDONTWRITEBYTECODE: '1',
  });

describe('ten thousand instances', () => {
  it('come by pages of 500, by what fits an envelope, by characters and by a query, each of them once', async () => {
    const found = await python<Record<string, { names: number; pages: number; most: number; longest: number }>>(`
def all(first, each, uri=CIM + 'Test_TenThousand', **more):
    one = Client()
    names = set(); pages = most = count = 0
    for page in one.pages(uri, first, each, **more):
        pages += 1; most = max(most, len(page)); count += len(page)
        names.update(value(item, 'Name') for item in page)
    assert count == len(names), (count, len(names))
    return {'names': len(names), 'pages': pages, 'most': most, 'longest': one.longest}
fast = '<w:OptimizeEnumeration/><w:MaxElements>500</w:MaxElements>'
query = fast + '<w:Filter Dialect="%s">select Name from Test_TenThousand where ProcessId &gt;= 6000</w:Filter>' % WQL
print(json.dumps({
    'fast': all(fast, '<n:MaxElements>500</n:MaxElements>', size=512000),
    'plain': all('', '<n:MaxElements>500</n:MaxElements>', size=512000),
    'small': all(fast, '<n:MaxElements>32000</n:MaxElements>', size=51200),
    'characters': all('', '<n:MaxElements>32000</n:MaxElements><n:MaxCharacters>100000</n:MaxCharacters>', size=512000),
    'query': all(query, '<n:MaxElements>500</n:MaxElements>', uri=CIM + '*'),
}))`);
    // Who does not ask for items with the Enumerate gets its first ones with the first Pull.
    expect(found.plain).toMatchObject({ names: 10_000, most: expect.any(Number) });
    expect(found.fast).toMatchObject({ names: 10_000 });
    for (const one of [found.fast!, found.plain!]) {
      expect(one.most).toBeLessThanOrEqual(500);
      expect(one.pages).toBeGreaterThanOrEqual(20);
      expect(one.longest).toBeLessThanOrEqual(512_000);
    }
    expect(found.small).toMatchObject({ names: 10_000 });
    expect(found.small!.longest).toBeLessThanOrEqual(51_200);
    // Pages are filled, or ten thousand would take many more of them.
    expect(found.small!.pages).toBeLessThan((10_000 * 1700) / 51_200);
    expect(found.characters).toMatchObject({ names: 10_000 });
    expect(found.characters!.longest).toBeLessThanOrEqual(102_000);
    expect(found.query).toMatchObject({ names: 5000 });
  });

  it('come as references too, which lead to what they name', async () => {
    const found = await python(`
def items(mode):
    wish = '<w:OptimizeEnumeration/><w:MaxElements>3</w:MaxElements><w:EnumerationMode>%s</w:EnumerationMode>' % mode
    return next(client.pages(CIM + 'Test_TenThousand', wish, ''))
reference = items('EnumerateEPR')[2]
selectors = reference.find('.//{%s}SelectorSet' % W)
uri = reference.findtext('.//{%s}ResourceURI' % W)
header = '<w:SelectorSet>' + ''.join('<w:Selector Name="%s">%s</w:Selector>' % (one.get('Name'), one.text) for one in selectors) + '</w:SelectorSet>'
got = client.call(uri, X + '/Get', '', header=header)
both = items('EnumerateObjectAndEPR')
print(json.dumps([local(reference), uri, value(got, 'DisplayName'), value(got, 'Caption'), [[local(one) for one in item] for item in both][0]]))`);
    expect(found).toEqual([
      'EndpointReference',
      'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Test_TenThousand',
      'Thing 2',
      'Thing 2 <Test_TenThousand> & company',
      ['Test_TenThousand', 'EndpointReference'],
    ]);
  });
});

describe('a context', () => {
  it('is gone when it is released, expired, at its end, or somebody else’s; GetStatus and Renew tell how long it lives', async () => {
    const found = await python(`
uri = CIM + 'Test_TenThousand'
out = {}
def opened(inside=''): return context_of(client.enumerate(uri, inside))
def pulled(context, who=client): return who.fault(uri, N + '/Pull', PULL % (context, '<n:MaxElements>1</n:MaxElements>'))
def asked(verb, context, inside=''): return client.call(uri, N + '/' + verb, '<n:%s><n:EnumerationContext>%s</n:EnumerationContext>%s</n:%s>' % (verb, context, inside, verb))
one = opened()
out['first'] = pulled(one)
asked('Release', one)
out['released'] = pulled(one)
out['twice'] = client.fault(uri, N + '/Release', '<n:Release><n:EnumerationContext>%s</n:EnumerationContext></n:Release>' % one)
short = opened('<n:Expires>PT2S</n:Expires>')
lives = asked('GetStatus', short).findtext('.//{%s}Expires' % N)
time.sleep(2.1)
out['expired'] = pulled(short)
kept = opened('<n:Expires>PT2S</n:Expires>')
renewed = asked('Renew', kept, '<n:Expires>PT30S</n:Expires>')
time.sleep(2.1)
out['renewed'] = pulled(kept)
out['other'] = pulled(kept, Client('nobody', 'Other-1'))
out['other kept'] = pulled(kept)
out['made up'] = pulled('11111111-1111-1111-1111-111111111111')
twenty = CIM + 'Test_Twenty'
whole = client.enumerate(twenty, '<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>')
out['end'] = [ended(whole), context_of(whole), len(list(whole.find('.//{%s}Items' % W)))]
print(json.dumps([out, lives, renewed.findtext('.//{%s}Expires' % N)]))`);
    const gone = [500, 'InvalidEnumerationContext', 2150858779];
    expect(found).toEqual([
      {
        first: 'no fault',
        released: gone,
        twice: gone,
        expired: gone,
        renewed: 'no fault',
        other: gone,
        'other kept': 'no fault',
        'made up': gone,
        end: [true, '', 20],
      },
      expect.stringMatching(/^PT([01]\.\d+|[12])S$/),
      expect.stringMatching(/^PT30/),
    ]);
  });

  it('is refused with the right fault when it is asked for in a wrong way', async () => {
    const found = await python(`
uri = CIM + 'Test_TenThousand'
def asked(inside, uri=uri): return client.fault(uri, N + '/Enumerate', '<n:Enumerate>%s</n:Enumerate>' % inside)
def wql(text, uri=CIM + '*'): return asked('<w:Filter Dialect="%s">%s</w:Filter>' % (WQL, text), uri)
out = {
    'dialect': asked('<w:Filter Dialect="urn:unknown">x</w:Filter>'),
    'query': wql('select from where'),
    'class': wql('select * from No_Such'),
    'resource': asked('', CIM + 'No_Such'),
    'mode': asked('<w:EnumerationMode>Backwards</w:EnumerationMode>'),
    'expires': asked('<n:Expires>yesterday</n:Expires>'),
    'elements': client.fault(uri, N + '/Pull', PULL % (context_of(client.enumerate(uri)), '<n:MaxElements>0</n:MaxElements>')),
    'envelope': client.fault(uri, N + '/Enumerate', '<n:Enumerate/>', size=100),
    'action': client.fault(uri, N + '/Count', ''),
}
print(json.dumps(out))`);
    expect(found).toMatchObject({
      dialect: [500, 'FilterDialectRequestedUnavailable', 2150858777],
      query: [500, 'CannotProcessFilter', 2150858778],
      class: [500, 'DestinationUnreachable', 2150858752],
      resource: [500, 'DestinationUnreachable', 2150858752],
      mode: [500, 'UnsupportedFeature', 2150858886],
      expires: [500, 'InvalidExpirationTime', 2150858774],
      elements: [500, 'SchemaValidationError', 2150858817],
      envelope: [500, 'EncodingLimit', 2150858878],
      action: [500, 'ActionNotSupported', 2150858771],
    });
  });
});

describe('a subscription', () => {
  it('to new processes is pulled, renewed, and ends', async () => {
    const found = await python(`
import subprocess
query = "select * from __InstanceCreationEvent within 1 where TargetInstance isa 'Win32_Process' and TargetInstance.Name = 'sleep'"
answer = subscribe(client, CIM + '*', query, '<e:Delivery Mode="%sPull"/>' % MODES)
id, context = identifier_of(answer), context_of(answer)
manager = '<e:Identifier>%s</e:Identifier>' % id
nothing = client.fault(CIM + '*', N + '/Pull', PULL % (context, '<n:MaxTime>PT1.5S</n:MaxTime>'))
child = subprocess.Popen(['sleep', '47'])
pids = []
until = time.time() + 15
while str(child.pid) not in pids and time.time() < until:
    try: pids += [value(one, 'ProcessId') for one in client.pull(CIM + '*', context, '<n:MaxTime>PT5S</n:MaxTime>').find('.//{%s}Items' % N)]
    except Fault as fault: pids.append(str(fault))
child.kill(); child.wait()
status = client.call(CIM + '*', E + '/GetStatus', '<e:GetStatus/>', header=manager).findtext('.//{%s}Expires' % E)
renewed = client.call(CIM + '*', E + '/Renew', '<e:Renew><e:Expires>PT50S</e:Expires></e:Renew>', header=manager).findtext('.//{%s}Expires' % E)
client.call(CIM + '*', E + '/Unsubscribe', '<e:Unsubscribe/>', header=manager)
after = client.fault(CIM + '*', N + '/Pull', PULL % (context, ''))
again = client.fault(CIM + '*', E + '/Unsubscribe', '<e:Unsubscribe/>', header=manager)
print(json.dumps([nothing, str(child.pid) in pids, status, renewed, after, again]))`);
    expect(found).toEqual([
      [500, 'TimedOut', 2150858780],
      true,
      expect.stringMatching(/^PT(\d\d|1M)/),
      expect.stringMatching(/^PT(50|49)/),
      [500, 'InvalidEnumerationContext', 2150858779],
      [500, 'InvalidMessage', 2150858789],
    ]);
  });

  it('is pushed: by single events, by batches that want an answer, again after a refusal, with heartbeats', async () => {
    const found = await python<Record<string, { asked: boolean; seen: boolean; body: string; mine: string }>>(`
import subprocess
out = {}
for mode in (E + '/DeliveryModes/Push', MODES + 'PushWithAck', MODES + 'Events'):
    word = 'waits-' + mode.split('/')[-1].lower()[:8]
    sink = Sink()
    query = "select * from __InstanceCreationEvent within 1 where TargetInstance isa 'Win32_Process' and TargetInstance.CommandLine like '%" + word + "%'"
    delivery = '<e:Delivery Mode="%s"><w:Heartbeats>PT1S</w:Heartbeats><w:ConnectionRetry Total="5">PT0.2S</w:ConnectionRetry><e:NotifyTo><a:Address>%s</a:Address><a:ReferenceParameters><mine xmlns="urn:mine">42</mine></a:ReferenceParameters></e:NotifyTo></e:Delivery>' % (mode, sink.address)
    answer = subscribe(client, CIM + '*', query, delivery)
    sink.came.get(timeout=10)
    if 'Ack' in mode: sink.refuse = 2
    child = subprocess.Popen([word, '30'], executable='/usr/bin/sleep')
    until = time.time() + 15
    while time.time() < until:
        asked, root = sink.came.get(timeout=15)
        action = root.findtext('.//{%s}Action' % A)
        if 'eartbeat' in action or root.find('.//{%s}Heartbeat' % W) is not None: continue
        body = root.find('{%s}Body' % S)
        pids = [one.text for one in body.iter() if local(one) == 'ProcessId']
        out[mode.split('/')[-1]] = {'asked': asked, 'seen': str(child.pid) in pids, 'body': local(body[0]), 'mine': root.findtext('.//{urn:mine}mine')}
        break
    child.kill(); child.wait()
    client.call(CIM + '*', E + '/Unsubscribe', '<e:Unsubscribe/>', header='<e:Identifier>%s</e:Identifier>' % identifier_of(answer))
    sink.shutdown()
print(json.dumps(out))`);
    expect(found).toEqual({
      Push: { asked: false, seen: true, body: '__InstanceCreationEvent', mine: '42' },
      PushWithAck: { asked: true, seen: true, body: '__InstanceCreationEvent', mine: '42' },
      Events: { asked: true, seen: true, body: 'Events', mine: '42' },
    });
  });
});
