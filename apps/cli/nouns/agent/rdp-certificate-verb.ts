import type { Refreshed, Step } from '@atelier/agent';
import { type Invocation, text } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';
import { carryOut, yesOption } from './carry-out.ts';

const actions = ['install', 'remove', 'status'];

/** Has the server certify this machine's RDP server; gives the names that the certificate holds. */
export async function installRdpCertificateHere(call: Invocation): Promise<readonly string[]> {
  const { agentStateFolder, certificateLink, installRdpCertificate, usualRdpPlace } = await import('@atelier/agent');
  const stateFolder = agentStateFolder();
  const given = { certificate: text(call, 'certificate'), key: text(call, 'key'), group: text(call, 'group') };
  for (const path of [given.certificate, given.key])
    if (path !== undefined && !path.startsWith('/'))
      throw usageFailure(`${path} is no absolute path`, 'give the file’s whole path');
  const place = {
    certificatePath: given.certificate ?? usualRdpPlace.certificatePath,
    keyPath: given.key ?? usualRdpPlace.keyPath,
    group: given.group === 'none' ? null : (given.group ?? usualRdpPlace.group),
  };
  const ask = certificateLink(stateFolder);
  const { names } = await ask(null, call.signal);
  let made: Refreshed | null = null;
  const step: Step = {
    what: `write ${place.certificatePath} and ${place.keyPath}: a certificate by the server’s authority for ${names.join(', ')}; what is there now is kept beside, and the agent renews it in time`,
    act: async () => {
      made = await installRdpCertificate(stateFolder, place, ask, call.signal);
    },
  };
  await carryOut(call.terminal, [step], call.common);
  for (const backup of (made as Refreshed | null)?.kept ?? [])
    if (!call.common.quiet) call.terminal.err.write(`what was there before is ${backup} now\n`);
  return names;
}

/** The certificate that this machine's RDP server shows to people's clients. */
export const rdpCertificateVerb: Verb = {
  name: 'rdp-certificate',
  summary:
    'let the RDP server here show a certificate that holds its own and the brokers’ names: install, remove, status',
  arguments: [{ name: 'action', summary: 'install (or make anew), remove, status', completes: actions }],
  options: [
    { flags: '--certificate <path>', summary: 'where the RDP server has it; default /etc/xrdp/cert.pem' },
    { flags: '--key <path>', summary: 'where it has its key; default /etc/xrdp/key.pem' },
    { flags: '--group <name>', summary: 'who may read the key besides root, or none; default xrdp' },
    yesOption,
  ],
  examples: [
    ['sudo atelier agent rdp-certificate install', 'says for which names and what it replaces, asks, does it'],
    ['sudo atelier agent rdp-certificate remove', 'puts back what was there before'],
  ],
  run: async (call) => {
    const agent = await import('@atelier/agent');
    const { action } = call.args;
    const stateFolder = agent.agentStateFolder();
    if (action === 'install') {
      const names = await installRdpCertificateHere(call);
      return done(`the RDP server here is known as ${names.join(', ')} now`);
    }
    const now = await agent.rdpCertificateStatus(stateFolder);
    if (action === 'remove') {
      if (!now) return done('the agent does not look after a certificate here');
      const steps: Step[] = [];
      let said: readonly string[] = [];
      steps.push({
        what: `put back what was at ${now.certificatePath} and its key before, and end renewing it`,
        act: async () => {
          said = (await agent.removeRdpCertificate(stateFolder)) ?? [];
        },
      });
      await carryOut(call.terminal, steps, call.common);
      return done(said.join('; '));
    }
    if (action !== 'status') throw usageFailure(`there is no action "${action}"`, `it is ${actions.join(', ')}`);
    return list(
      now ? [now] : [],
      [
        { title: 'file', value: (one) => one.certificatePath },
        { title: 'names', value: (one) => one.names.join(', ') },
        { title: 'until', value: (one) => one.until.toISOString().slice(0, 10) },
        { title: 'in place', value: (one) => (one.inPlace ? 'yes' : 'no: somebody put another one there') },
        { title: 'sha-256', value: (one) => one.fingerprint },
      ],
      (one) => one.fingerprint,
      'the agent does not look after a certificate here: sudo atelier agent rdp-certificate install',
    );
  },
};
