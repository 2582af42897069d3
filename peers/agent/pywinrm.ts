import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type AgentProcess, password, user } from './agent-process.ts';

/** What a script in Python printed as its last line, which is JSON. */
export function pywinrm<T>(
  agent: AgentProcess,
  script: string,
  more: Readonly<Record<string, string>> = {},
): Promise<T> {
  const prelude = `
import base64, hashlib, json, os, sys, time
import winrm
from winrm.protocol import Protocol
from winrm.exceptions import WinRMError, WinRMOperationTimeoutError, WinRMTransportError, InvalidCredentialsError
user, password = os.environ['AGENT_USER'], os.environ['AGENT_PASSWORD']
def protocol(url=os.environ['AGENT_HTTPS'], **more):
    secure = url.startswith('https')
    more.setdefault('transport', 'ssl' if secure else 'plaintext')
    if secure: more.setdefault('ca_trust_path', os.environ['AGENT_CA'])
    more.setdefault('username', user); more.setdefault('password', password)
    return Protocol(endpoint=url, server_cert_validation='validate', **more)
def run(p, shell, command, args=()):
    id = p.run_command(shell, command, args)
    result = p.get_command_output(shell, id)
    p.cleanup_command(shell, id)
    return result
`;
  const env = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    AGENT_USER: user,
    AGENT_PASSWORD: password,
    AGENT_HTTP: agent.http,
    AGENT_HTTPS: agent.https,
    AGENT_CA: join(agent.folder, 'tls.crt'),
    REQUESTS_CA_BUNDLE: join(agent.folder, 'tls.crt'),
    ...more,
  };
  // Debian's own interpreter: python3-winrm is there.
  const child = spawn('/usr/bin/python3', ['-W', 'ignore', '-c', prelude + script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.trimEnd().split('\n').at(-1)!) as T);
      else reject(new Error(`python ended with ${code}: ${err}`));
    });
  });
}
