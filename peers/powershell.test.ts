import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, startAgentProcess } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';

// PowerShell's own messages (MS-PSRP over MS-WSMV), as Windows and pypsrp write them, sent by Debian's pywinrm. PowerShell itself is not in Debian:
// behind the agent is a stand-in that speaks its out-of-process protocol and runs nothing.

const standIn = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, '../adapters/powershell-shell/testing/stand-in-pwsh.ts'),
];

const prelude = `
import struct, uuid, xmltodict, re
NS = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
PS = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell'
def fragment(object_id, kind, text):
    blob = struct.pack('<II', 2, kind) + bytes(32) + text.encode()
    return struct.pack('>QQBI', object_id, 0, 3, len(blob)) + blob
def stored(data): return struct.pack('<HH', len(data) - 1, len(data) - 1) + data
p = protocol()
def ask(action, body, uri=PS, shell=None, header={}, options={}):
    rq = {'env:Envelope': p._get_soap_header(resource_uri=uri, action=action, shell_id=shell)}
    rq['env:Envelope']['env:Header'].update(header)
    if options: rq['env:Envelope']['env:Header']['w:OptionSet'] = {'@env:mustUnderstand': 'true', 'w:Option': [{'@Name': k, '@MustComply': 'true', '#text': v} for k, v in options.items()]}
    rq['env:Envelope']['env:Body'] = body
    try: return xmltodict.parse(p.send_message(xmltodict.unparse(rq)))['s:Envelope']['s:Body']
    except WinRMError as e: return str(e)
def create(uri=PS, header={}):
    creation = fragment(1, 0x10002, '<Obj RefId="0"/>') + fragment(2, 0x10004, '<Obj RefId="0"/>')
    shell = {'@ShellId': str(uuid.uuid4()).upper(), '@Name': 'Runspace1', 'rsp:InputStreams': 'stdin pr', 'rsp:OutputStreams': 'stdout',
      'creationXml': {'@xmlns': 'http://schemas.microsoft.com/powershell', '#text': base64.b64encode(creation).decode()}}
    return ask('http://schemas.xmlsoap.org/ws/2004/09/transfer/Create', {'rsp:Shell': shell}, uri, header=header, options={'protocolversion': '2.3'})
xpress = {'rsp:CompressionType': {'@env:mustUnderstand': 'true', '#text': 'xpress'}}
`;

let agent: AgentProcess;
afterAll(() => agent?.stop());

describe('where PowerShell is missing', () => {
  it('a session is refused with the fault for a resource that is not there, and a command shell is not', async () => {
    const bare = await startAgentProcess(undefined, { powerShell: null });
    try {
      const [refused, fine] = await pywinrm<[string, string]>(
        bare,
        `${prelude}
shell = p.open_shell()
print(json.dumps([create(), run(p, shell, 'echo fine')[0].decode()]))`,
      );
      expect(refused).toMatch(/'wsmanfault_code': '2150858752'/);
      expect(refused).toMatch(/'a:DestinationUnreachable'/);
      expect(fine).toBe('fine\n');
    } finally {
      await bare.stop();
    }
  });
});

describe('where a program answers as PowerShell does', () => {
  beforeAll(async () => {
    agent = await startAgentProcess(undefined, { powerShell: standIn });
  });

  it.each([
    ['as pypsrp asks', '{}'],
    ['compressed, as Windows asks', 'xpress'],
  ])('opens a session, runs a pipeline with input, leaves and comes back, and ends: %s', async (_, header) => {
    const result = await pywinrm<{ opened: string; output: string; mode: string; done: string; gone: string }>(
      agent,
      `${prelude}
header = ${header}
made = create(header=header)['rsp:Shell']
shell = made['rsp:ShellId']
def receive(command=None):
    stream = {'#text': 'stdout'}
    if command: stream['@CommandId'] = command
    got = ask(NS + '/Receive', {'rsp:Receive': {'rsp:DesiredStream': stream}}, shell=shell)['rsp:ReceiveResponse']
    streams = got.get('rsp:Stream') or []
    data = b''
    for one in (streams if isinstance(streams, list) else [streams]):
        raw = base64.b64decode(one.get('#text') or '')
        while header and raw:
            size, packed = struct.unpack('<HH', raw[:4])
            assert size == packed
            data += raw[4:5 + packed]; raw = raw[5 + packed:]
        data += raw
    state = got.get('rsp:CommandState')
    return data.decode('latin1'), state and state['@State']
opened = receive()[0]
command = str(uuid.uuid4()).upper()
pipeline = base64.b64encode(fragment(3, 0x21006, 'input')).decode()
ask(NS + '/Command', {'rsp:CommandLine': {'@CommandId': command, 'rsp:Command': None, 'rsp:Arguments': pipeline}}, shell=shell)
def send(text):
    data = fragment(4, 0x41002, text)
    if header: data = stored(data)
    ask(NS + '/Send', {'rsp:Send': {'rsp:Stream': {'@Name': 'stdin', '@CommandId': command, '#text': base64.b64encode(data).decode()}}}, shell=shell)
send('zwölf'); send('two')
if header:
    waits = lambda: ask(NS + '/Receive', {'rsp:Receive': {'rsp:DesiredStream': {'@CommandId': command, '#text': 'stdout'}}}, shell=shell)
    ask(NS + '/Disconnect', {'rsp:Disconnect': {'rsp:IdleTimeOut': 'PT60S'}}, shell=shell)
    away = waits()
    assert "'wsmanfault_code': '2150859204'" in away, away
    ask(NS + '/Reconnect', {'rsp:Reconnect': None}, shell=shell)
output, state = '', ''
while 'two' not in output: output += receive(command)[0]
ask(NS + '/Signal', {'rsp:Signal': {'@CommandId': command, 'rsp:Code': 'powershell/signal/crtl_c'}}, shell=shell)
rest = ''
while not (state or '').endswith('/Done'):
    more, state = receive(command)
    rest += more
ask('http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete', {}, shell=shell)
print(json.dumps({'opened': opened, 'output': output.encode('latin1').decode('utf8', 'replace'), 'mode': made['rsp:CompressionMode'], 'done': rest, 'gone': ask(NS + '/Receive', {'rsp:Receive': {'rsp:DesiredStream': 'stdout'}}, shell=shell)}))`,
    );
    expect(result.opened).toContain('RunspaceState">2<');
    expect(result.output).toMatch(/Default:zwölf[\s\S]*Default:two/);
    expect(result.done).toContain('PipelineState">3<');
    expect(result.mode).toBe(header === 'xpress' ? 'XpressCompression' : 'NoCompression');
    expect(result.gone).toContain("'wsmanfault_code': '2150858843'");
  });

  it('takes compressed input for a command shell too, and refuses what makes no sense', async () => {
    // The example of MS-XCA 3.2: "abc" a hundred times.
    const result = await pywinrm<{ output: string; bad: string; other: string }>(
      agent,
      `${prelude}
CMD = NS + '/cmd'
def open_shell(header):
    return ask('http://schemas.xmlsoap.org/ws/2004/09/transfer/Create', {'rsp:Shell': {'rsp:InputStreams': 'stdin', 'rsp:OutputStreams': 'stdout stderr'}}, CMD, header=header)
shell = open_shell(xpress)['rsp:Shell']['rsp:ShellId']
table = bytearray(256)
for symbol, length in ((97, 3), (98, 3), (99, 2), (256, 2), (287, 2)): table[symbol >> 1] |= length << (symbol & 1) * 4
block = bytes(table) + bytes.fromhex('a8dc0000ff2601')
command = p.run_command(shell, 'cat')
def send(data, end):
    return ask(NS + '/Send', {'rsp:Send': {'rsp:Stream': {'@Name': 'stdin', '@CommandId': command, '@End': end, '#text': base64.b64encode(data).decode()}}}, CMD, shell)
bad = send(b'\\x00\\x00', 'false')
send(struct.pack('<HH', 299, len(block) - 1) + block, 'true')
out, state = b'', ''
while not state.endswith('/Done'):
    got = ask(NS + '/Receive', {'rsp:Receive': {'rsp:DesiredStream': {'@CommandId': command, '#text': 'stdout stderr'}}}, CMD, shell)['rsp:ReceiveResponse']
    streams = got.get('rsp:Stream') or []
    for one in (streams if isinstance(streams, list) else [streams]):
        raw = base64.b64decode(one.get('#text') or '')
        if one['@Name'] == 'stdout': out += raw[4:]
    state = got['rsp:CommandState']['@State']
p.close_shell(shell)
other = open_shell({'rsp:CompressionType': {'@env:mustUnderstand': 'true', '#text': 'zip'}})
print(json.dumps({'output': out.decode(), 'bad': bad, 'other': other}))`,
    );
    expect(result.output).toBe('abc'.repeat(100));
    expect(result.bad).toMatch(/compressed input is not valid/);
    expect(result.other).toMatch(/MustUnderstand/);
  });
});
