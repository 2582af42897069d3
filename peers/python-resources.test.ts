import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AgentProcess, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';

// Resources, fragments, methods and associations by a client in Python that writes and reads its messages by itself (peers/python-soap/soap.py).

let folder: string;
let agent: AgentProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-resources-'));
  cpSync(join(import.meta.dirname, '../plugin-kit/resource-template'), join(folder, 'notes'), { recursive: true });
  agent = await startAgentProcess(undefined, { pluginFolder: folder });
  // A machine under load may take longer than the agent waits for plug-ins.
  await vi.waitUntil(
    async () => (await readFile(join(agent.folder, 'plug-ins.json'), 'utf8').catch(() => '')).includes('"loaded"'),
    {
      timeout: 30_000,
    },
  );
}, 60_000);
afterAll(async () => {
  await agent?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const python = <T>(script: string): Promise<T> =>
  pywinrm<T>(
    agent,
    `from soap import *
client = Client()
NOTE = 'http://example.org/wsman/note'
CONFIG = 'http://schemas.microsoft.com/wbem/wsman/1/config'
B = 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd'
def at(**keys): return '<w:SelectorSet>' + ''.join('<w:Selector Name="%s">%s</w:Selector>' % one for one in keys.items()) + '</w:SelectorSet>'
def note(text): return '<p:Note xmlns:p="%s"><p:Text>%s</p:Text></p:Note>' % (NOTE, text)
def part(path): return '<w:FragmentTransfer s:mustUnderstand="true">%s</w:FragmentTransfer>' % path
def inner(answer): return ''.join(answer.find('.//{%s}XmlFragment' % W).itertext())
def words(uri, action, body, header=''):
    text = envelope(uri, action, body, header)
    root = tree.fromstring(client.session.post(client.url, text.encode(), headers={'Content-Type': 'application/soap+xml;charset=UTF-8'}).content)
    return root.findtext('.//{%s}Text' % S)
${script}`,
    { PYTHONPATH: join(import.meta.dirname, 'python-soap'), PYTHONDONTWRITEBYTECODE: '1' },
  );

describe('a resource', () => {
  it('is created, got, put, put in part, asked, found by its selectors, and deleted', async () => {
    const found = await python(`
made = client.call(NOTE, X + '/Create', note('one &lt; two'))
key = made.findtext('.//{%s}Selector' % W)
uri = made.findtext('.//{%s}ResourceURI' % W)
out = [local(made[0]), uri == NOTE, value(client.call(NOTE, X + '/Get', '', at(Id=key)), 'Text')]
client.call(NOTE, X + '/Put', note('three'), at(Id=key))
out.append(value(client.call(NOTE, X + '/Get', '', at(Id=key)), 'Text'))
out.append(inner(client.call(NOTE, X + '/Get', '', at(Id=key) + part('Text/text()'))))
client.call(NOTE, X + '/Put', '<w:XmlFragment>four</w:XmlFragment>', at(Id=key) + part('Text/text()'))
out.append(value(client.call(NOTE, X + '/Get', '', at(Id=key)), 'Text'))
out.append(value(client.call(NOTE, NOTE + '/Count', '', at(Id=key)), 'Notes'))
filter = '<w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements><w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter">%s</w:Filter>'
out.append([value(one, 'Text') for page in client.pages(NOTE, filter % at(Id=key), '') for one in page])
client.call(NOTE, X + '/Delete', '', at(Id=key))
out.append(client.fault(NOTE, X + '/Get', '', at(Id=key)))
print(json.dumps(out))`);
    expect(found).toEqual([
      'ResourceCreated',
      true,
      'one < two',
      'three',
      'three',
      'four',
      '2',
      ['four'],
      [500, 'InvalidSelectors', 2150858843],
    ]);
  });

  it('of the configuration is read and written, as a whole and in part', async () => {
    const found = await python(`
uri = CONFIG + '/winrs'
out = [value(client.call(uri, X + '/Get', ''), 'MaxShellsPerUser')]
client.call(uri, X + '/Put', '<c:Winrs xmlns:c="%s"><c:MaxShellsPerUser>21</c:MaxShellsPerUser></c:Winrs>' % CONFIG)
out.append(inner(client.call(uri, X + '/Get', '', part('MaxShellsPerUser/text()'))))
client.call(uri, X + '/Put', '<w:XmlFragment>22</w:XmlFragment>', part('MaxShellsPerUser/text()'))
out.append(value(client.call(CONFIG, X + '/Get', ''), 'MaxShellsPerUser'))
out.append(client.fault(uri, X + '/Get', '', part('Nothing/text()')))
print(json.dumps(out))`);
    expect(found).toEqual([expect.stringMatching(/^\d+$/), '21', '22', [500, 'CannotProcessFilter', 2150858899]]);
  });
});

describe('a request', () => {
  it('is answered in the language that it asks for, and refused for options and addresses that cannot be kept', async () => {
    const found = await python<Record<string, unknown>>(`
french = '<w:Locale s:mustUnderstand="false" xml:lang="fr-FR"/>'
strange = '<w:OptionSet s:mustUnderstand="true"><w:Option Name="Colour"%s>red</w:Option></w:OptionSet>'
out = {'english': words('urn:nothing', X + '/Get', ''), 'french': words('urn:nothing', X + '/Get', '', french)}
out['option'] = client.fault(NOTE, X + '/Get', '', at(Id=1) + strange % ' MustComply="true"')
out['option that may be passed over'] = client.fault(NOTE, X + '/Get', '', at(Id=1) + strange % '')
text = envelope(NOTE, X + '/Get', '', at(Id=1)).replace('<a:ReplyTo><a:Address s:mustUnderstand="true">%s/role/anonymous' % A, '<a:ReplyTo><a:Address s:mustUnderstand="true">http://elsewhere.example.org/')
answer = client.session.post(client.url, text.encode(), headers={'Content-Type': 'application/soap+xml;charset=UTF-8'})
out['elsewhere'] = [answer.status_code, Fault(answer.status_code, tree.fromstring(answer.content)).subcode]
print(json.dumps(out))`);
    expect(found).toEqual({
      english: expect.stringMatching(/^No resource answers/),
      french: expect.stringMatching(/ressource/),
      option: [500, 'InvalidOptions', 2150858833],
      'option that may be passed over': 'no fault',
      elsewhere: [500, 'UnsupportedFeature'],
    });
  });
});

describe('classes of CIM', () => {
  it('have methods of their own and of their instances', async () => {
    const found = await python<[string, string, string, unknown]>(`
process = CIM + 'Win32_Process'
made = client.call(process, process + '/Create', '<p:Create_INPUT xmlns:p="%s"><p:CommandLine>sleep 4711</p:CommandLine><p:CurrentDirectory>/</p:CurrentDirectory></p:Create_INPUT>' % process)
pid = value(made, 'ProcessId')
import time
line, latest = '', time.time() + 10
# Until the shell that starts it has become it.
while line != 'sleep 4711' and time.time() < latest: line = open('/proc/%s/cmdline' % pid).read().replace('\\0', ' ').strip()
owner = value(client.call(process, process + '/GetOwner', '', at(Handle=pid)), 'User')
ended = value(client.call(process, process + '/Terminate', '', at(Handle=pid)), 'ReturnValue')
print(json.dumps([line, owner, ended, client.fault(process, process + '/Dance', '', at(Handle=pid))]))`);
    expect(found).toEqual(['sleep 4711', user, '0', [500, 'ActionNotSupported', 2150858771]]);
  });

  it('show as much of their subclasses as is wished', async () => {
    const found = await python<Record<string, [string, boolean] | null>>(`
def first(mode):
    wish = '<w:OptimizeEnumeration/><w:MaxElements>1000</w:MaxElements><b:PolymorphismMode xmlns:b="%s">%s</b:PolymorphismMode>' % (B, mode)
    for page in client.pages(CIM + 'CIM_Process', wish, '<n:MaxElements>1000</n:MaxElements>'):
        for one in page:
            if value(one, 'Handle') == str(os.getpid()): return [local(one), value(one, 'CommandLine') is not None]
print(json.dumps({mode: first(mode) for mode in ('IncludeSubClassProperties', 'ExcludeSubClassProperties', 'None')}))`);
    expect(found).toEqual({
      IncludeSubClassProperties: ['Win32_Process', true],
      ExcludeSubClassProperties: ['CIM_Process', false],
      None: null,
    });
  });

  it('lead to what is associated with them', async () => {
    const found = await python<[string[], string[]]>(`
def around(kind):
    system = value(next(client.pages(CIM + 'Win32_NetworkAdapterConfiguration', '<w:OptimizeEnumeration/><w:MaxElements>1</w:MaxElements>', ''))[0], 'Index')
    reference = '<b:Object><a:Address>%s/role/anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>%sWin32_NetworkAdapterConfiguration</w:ResourceURI>%s</a:ReferenceParameters></b:Object>' % (A, CIM, at(Index=system))
    query = '<w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"><b:%s xmlns:b="%s">%s</b:%s></w:Filter>' % (kind, B, reference, kind)
    return sorted({local(one) for page in client.pages(CIM + '*', '<w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements>' + query, '<n:MaxElements>10</n:MaxElements>') for one in page})
print(json.dumps([around('AssociatedInstances'), around('AssociationInstances')]))`);
    expect(found[0]).toContain('Win32_NetworkAdapter');
    expect(found[1]).toContain('Win32_NetworkAdapterSetting');
  });
});

describe('a command', () => {
  it('hears ctrl_c and ctrl_break', async () => {
    const found = await python(`
p = protocol()
shell = p.open_shell()
CMD = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
def interrupted(code):
    command = p.run_command(shell, "trap 'echo caught; exit 7' INT QUIT; echo ready; while :; do sleep 0.05; done")
    out = b''
    while b'ready' not in out: out += p._raw_get_command_output(shell, command)[0]
    client.call(CMD + '/cmd', CMD + '/Signal', '<r:Signal xmlns:r="%s" CommandId="%s"><r:Code>%s/signal/%s</r:Code></r:Signal>' % (CMD, command, CMD, code), at(ShellId=shell))
    more, _, exit = p.get_command_output(shell, command)
    p.cleanup_command(shell, command)
    return [(out + more).decode(), exit]
print(json.dumps([interrupted('ctrl_c'), interrupted('CTRL_BREAK')]))
p.close_shell(shell)`);
    expect(found).toEqual([
      ['ready\ncaught\n', 7],
      ['ready\ncaught\n', 7],
    ]);
  });
});
