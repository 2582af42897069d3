// An agent as a process of its own, for tests: run-agent.ts STATE-FOLDER '{"user":"password"}' ['{"Service":{…}}'].
// Prints one line: `ready {"http":port,"https":port}`. Reads plug-ins again at SIGHUP, ends at SIGTERM.
import { defaultConfig, type WinrmConfig } from '@atelier/adapters/wsman-listener';
import { giveMemoryBack, pam, startAgent } from '../index.ts';
import { things } from './things.ts';

const [stateFolder = '', people = '{}', wishes = '{}'] = process.argv.slice(2);
const passwords = JSON.parse(people === 'pam' ? '{}' : people) as Record<string, string>;
const wished = JSON.parse(wishes) as {
  Service?: object;
  Winrs?: object;
  MaxEnvelopeSizekb?: number;
  encodedCommands?: 'shell';
  things?: true;
  journal?: string[];
  /** Tells what it does on standard error. */
  log?: true;
  pluginFolder?: string;
  powerShell?: readonly string[] | null;
  clientSocket?: string;
};
const { Service } = defaultConfig;
const config: WinrmConfig = {
  ...defaultConfig,
  ...(wished.MaxEnvelopeSizekb ? { MaxEnvelopeSizekb: wished.MaxEnvelopeSizekb } : {}),
  Service: { ...Service, AllowUnencrypted: true, Auth: { ...Service.Auth, Basic: true }, ...wished.Service },
  Winrs: { ...defaultConfig.Winrs, ...wished.Winrs },
};
const listeners = (['HTTP', 'HTTPS'] as const).map((transport) => ({
  address: '127.0.0.1',
  transport,
  port: 0,
  hostname: '',
  enabled: true,
  urlPrefix: 'wsman',
  certificateThumbprint: '',
}));
const agent = await startAgent({
  stateFolder,
  version: '0.0.0-test',
  firstSettings: { config, listeners, certificateMappings: [] },
  passwords:
    people === 'pam'
      ? pam()
      : { check: async (name, password) => Object.hasOwn(passwords, name) && passwords[name] === password },
  keytab: `${stateFolder}/krb5.keytab`,
  ...(wished.log ? { log: (line) => void process.stderr.write(`${JSON.stringify(line)}\n`) } : {}),
  ...(wished.things ? { classes: [things()] } : {}),
  ...(wished.pluginFolder ? { pluginFolder: wished.pluginFolder } : {}),
  ...(wished.powerShell === undefined ? {} : { powerShell: wished.powerShell }),
  ...(wished.clientSocket ? { clientSocket: () => wished.clientSocket! } : {}),
  ...(wished.journal ? { journal: wished.journal } : {}),
  ...(wished.encodedCommands ? { encodedCommands: wished.encodedCommands } : {}),
});
giveMemoryBack();
const ports = Object.fromEntries(agent.ports.map((one) => [one.entry.transport.toLowerCase(), one.port]));
process.stdout.write(`ready ${JSON.stringify(ports)}\n`);
process.on('SIGHUP', () => void agent.reloadPlugins());
process.once('SIGTERM', async () => {
  await agent.stop();
  process.exit(0);
});
