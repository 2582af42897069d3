import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';

// Debian's pywinrm against an agent in a process of its own.

let agent: AgentProcess;
beforeAll(async () => {
  agent = await startAgentProcess();
});
afterAll(() => agent.stop());

describe('pywinrm', () => {
  it('runs commands over HTTPS with Basic: output, errors, exit code, arguments, environment, folder', async () => {
    const result = await pywinrm(
      agent,
      `
p = protocol()
shell = p.open_shell(env_vars={'WORD': 'one two'}, working_directory='/tmp', codepage=65001)
results = [run(p, shell, c, a) for c, a in [('echo out; echo err >&2; exit 3', ()), ('printf', ['%s.', 'a', '"b c"']), ('pwd; echo $WORD; id -un', ())]]
p.close_shell(shell)
print(json.dumps([[o.decode(), e.decode(), c] for o, e, c in results]))`,
    );
    expect(result).toEqual([
      ['out\n', 'err\n', 3],
      ['a.b c.', '', 0],
      [`/tmp\none two\n${user}\n`, '', 0],
    ]);
  });

  it('speaks every script in UTF-8, and the code page of old consoles when it asks for that', async () => {
    const result = await pywinrm(
      agent,
      `
p = protocol()
out = []
for page in (65001, 437, 850, 1252):
    shell = p.open_shell(codepage=page)
    out.append(base64.b64encode(run(p, shell, 'echo "é 漢 🎉"')[0]).decode())
    p.close_shell(shell)
print(json.dumps(out))`,
    );
    expect((result as string[]).map((one) => Buffer.from(one, 'base64'))).toEqual([
      Buffer.from('é 漢 🎉\n'),
      Buffer.from([0x82, 0x20, 0x3f, 0x20, 0x3f, 0x0a]),
      Buffer.from([0x82, 0x20, 0x3f, 0x20, 0x3f, 0x0a]),
      Buffer.from([0xe9, 0x20, 0x3f, 0x20, 0x3f, 0x0a]),
    ]);
  });

  it('sends standard input, with its end', async () => {
    const result = await pywinrm(
      agent,
      `
import xmltodict, uuid
p = protocol()
shell = p.open_shell(codepage=65001)
id = p.run_command(shell, 'tr a-z A-Z; echo done')
def send(text, end):
    rq = {'env:Envelope': p._get_soap_header(resource_uri='http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd', action='http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send', shell_id=shell)}
    stream = {'@Name': 'stdin', '@CommandId': id, '#text': base64.b64encode(text.encode()).decode()}
    if end: stream['@End'] = 'true'
    rq['env:Envelope']['env:Body'] = {'rsp:Send': {'rsp:Stream': stream}}
    p.send_message(xmltodict.unparse(rq))
send('first ', False); send('sécond', True)
print(json.dumps([x if isinstance(x, int) else x.decode() for x in p.get_command_output(shell, id)]))
p.close_shell(shell)`,
    );
    expect(result).toEqual(['FIRST SéCONDdone\n', '', 0]);
  });

  it('reads 10 MB, unharmed', async () => {
    const result = await pywinrm<{ length: number; digest: string; seconds: number; first: number }>(
      agent,
      `
p = protocol(os.environ['AGENT_HTTP'])
shell = p.open_shell(codepage=65001)
t = time.time()
first = None
id = p.run_command(shell, "yes 0123456789abcde | head -c 10000000")
out = b''; done = False
while not done:
    o, e, c, done = p._raw_get_command_output(shell, id)
    first = first or time.time() - t
    out += o
print(json.dumps({'length': len(out), 'digest': hashlib.sha256(out).hexdigest(), 'seconds': time.time() - t, 'first': first}))
p.cleanup_command(shell, id); p.close_shell(shell)`,
    );
    const line = '0123456789abcde\n';
    expect(result.length).toBe(10_000_000);
    const { createHash } = await import('node:crypto');
    const expected = createHash('sha256').update(line.repeat(625_000)).digest('hex');
    expect(result.digest).toBe(expected);
    console.log(
      `pywinrm: 10 MB in ${result.seconds.toFixed(2)} s, first output after ${(result.first * 1000).toFixed(0)} ms`,
    );
    // Two shared cores: the floor is what a loaded machine still gives.
    expect(result.seconds).toBeLessThan(5);
  });

  it('waits for a silent command through as many time-outs as it takes', async () => {
    const result = await pywinrm<{ out: string; timeouts: number }>(
      agent,
      `
p = protocol(operation_timeout_sec=1, read_timeout_sec=5)
shell = p.open_shell()
id = p.run_command(shell, 'sleep 2.5; echo late')
timeouts = 0; out = b''; done = False
while not done:
    try:
        o, e, c, done = p._raw_get_command_output(shell, id)
        out += o
    except WinRMOperationTimeoutError: timeouts += 1
print(json.dumps({'out': out.decode(), 'timeouts': timeouts}))
p.close_shell(shell)`,
    );
    expect(result.out).toBe('late\n');
    expect(result.timeouts).toBeGreaterThanOrEqual(1);
  });

  it('is told of a wrong password, an unknown user, a missing command, a shell that is gone', async () => {
    const result = await pywinrm(
      agent,
      `
out = []
for u, w in ((user, 'wrong'), ('nobody-here', password)):
    try: protocol(username=u, password=w).open_shell(); out.append('opened')
    except InvalidCredentialsError: out.append('refused')
p = protocol()
shell = p.open_shell()
out.append(run(p, shell, 'no-such-command-here')[2])
p.close_shell(shell)
try: p.run_command(shell, 'echo x'); out.append('ran')
except Exception as error: out.append(str(error))
print(json.dumps(out))`,
    );
    expect(result).toEqual(['refused', 'refused', 127, expect.stringMatching(/500|2150858843|selector/i)]);
  });

  it('gets the words of Windows for a PowerShell that is not there', async () => {
    const result = await pywinrm<[string, number]>(
      agent,
      `
p = protocol()
shell = p.open_shell(codepage=65001)
o, e, c = run(p, shell, 'powershell -encodedcommand ' + base64.b64encode('Get-Process'.encode('utf-16le')).decode())
p.close_shell(shell)
print(json.dumps([e.decode(), c]))`,
    );
    expect(result).toEqual([expect.stringContaining('is not recognized as an internal or external command'), 127]);
  });
});

describe('passwords of the system', () => {
  it('are asked of PAM, which knows nobody by a wrong one', async () => {
    const asking = await startAgentProcess('pam');
    try {
      const result = await pywinrm(
        asking,
        `
try: protocol(password='certainly-wrong').open_shell(); print(json.dumps('opened'))
except InvalidCredentialsError: print(json.dumps('refused'))`,
      );
      expect(result).toBe('refused');
      expect(password).not.toBe('certainly-wrong');
    } finally {
      await asking.stop();
    }
  });
});
