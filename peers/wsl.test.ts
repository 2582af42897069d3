import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, startAgentProcess, user } from './agent/agent-process.ts';

// Dell's "Wsman Shell commandLine": scripts over curl that manage servers' controllers, and whatever else speaks DMTF's WS-Management. They send
// bare cim-schema URIs, address every header with mustUnderstand, and pull one instance at a time.

const run = promisify(execFile);
const wql = 'http://schemas.microsoft.com/wbem/wsman/1/WQL';
let agent: AgentProcess;
let folder: string;
beforeAll(async () => {
  agent = await startAgentProcess({ [user]: 'Secret-1' });
  folder = await mkdtemp(join(tmpdir(), 'atelier-wsl-'));
});
afterAll(async () => {
  await agent?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Runs one of the scripts; gives what it printed, whether or not it was content. */
async function wsl(program: string, words: readonly string[], password = 'Secret-1'): Promise<{ stdout: string }> {
  return run(program, words, {
    cwd: folder,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      OUTPREFIX: folder,
      KEEPHISTORY: '0',
      IPINTERACTIVE: '0',
      WSDONTASK: 'y',
      WSENDPOINT: new URL(agent.https).host,
      WSUSER: user,
      WSPASS: password,
    },
  }).catch((error: { stdout?: string }) => {
    if (error.stdout === undefined) throw error;
    return { stdout: error.stdout };
  });
}
const count = (text: string, word: RegExp) => text.match(word)?.length ?? 0;

describe('wsl over HTTPS with Basic', () => {
  it('learns who we are', async () => {
    const { stdout } = await wsl('wslid', ['check']);
    expect(stdout).toContain('<wsmid:ProductVendor>Atelier</wsmid:ProductVendor>');
  });

  it('enumerates a class of DMTF’s to its end, one instance and several at a time', async () => {
    const single = await wsl('wslenum', ['CIM_OperatingSystem']);
    expect(count(single.stdout, /<\/p:Win32_OperatingSystem>/g)).toBe(1);
    expect(single.stdout).toContain('EndOfSequence');
    const pages = await wsl('wslenum', ['CIM_Process', '-opti', '8']);
    expect(count(pages.stdout, /<\/p:Win32_Process>/g)).toBeGreaterThan(8);
    expect(pages.stdout).toContain('EndOfSequence');
  });

  it('asks by query, for references, and gets what a reference names', async () => {
    const own = process.pid;
    const filter = ['-filter', `select * from CIM_Process where Handle='${own}'`, '-dialect', wql];
    const { stdout } = await wsl('wslenum', ['CIM_Process', '-mode', 'epr', ...filter]);
    expect(stdout).toContain(`<w:Selector Name="Handle">${own}</w:Selector>`);
    const got = await wsl('wslget', ['CIM_Process', `Handle=${own}`]);
    expect(got.stdout).toContain(`<p:ProcessId>${own}</p:ProcessId>`);
  });

  it('is told what is wrong', async () => {
    const missing = await wsl('wslget', ['CIM_Process', 'Handle=0']);
    expect(missing.stdout).toMatch(/<s:Fault>[\s\S]*WSManFault Code="\d+"/);
    const unknown = await wsl('wslenum', ['CIM_NoSuchThing']);
    expect(unknown.stdout).toMatch(/<s:Fault>[\s\S]*WSManFault Code="\d+"/);
    const refused = await wsl('wslget', ['CIM_Process', 'Handle=1'], 'wrong');
    expect(refused.stdout).not.toContain('Win32_Process');
  });
});
