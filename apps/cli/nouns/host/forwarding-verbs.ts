import { readFile } from 'node:fs/promises';
import type { Verb } from '../../command/verb.ts';
import { CliFailure } from '../../failure/cli-failure.ts';
import { item } from '../../output/output.ts';
import { findHost, hostArgument } from './find-host.ts';

export const forwarding: Verb = {
  name: 'forwarding',
  summary:
    'what a host is told so that it brings its events by itself: for Windows’ policy, or "atelier agent forward add"',
  examples: [['atelier host forwarding -o json', 'with the certificate of the authority that the host must trust']],
  run: async (call) => {
    const found = await call.api.hosts.eventForwarding();
    return item(
      found,
      [
        { title: 'subscription manager', value: (one) => one.subscriptionManager },
        { title: 'authority', value: (one) => one.ca, wide: true },
      ],
      found.subscriptionManager,
    );
  },
};

export const certificate: Verb = {
  name: 'certificate',
  summary: 'certify the key of a host that brings its events by itself, such as Windows',
  arguments: [
    hostArgument,
    { name: 'request', summary: 'file of its signing request (PKCS#10, PEM, ECDSA P-256 or P-384)' },
  ],
  changes: true,
  examples: [['atelier host certificate win-1 win-1.csr > win-1.cer', 'then "certreq -accept win-1.cer" on win-1']],
  run: async (call) => {
    const { id } = await findHost(call.api, call.args.host!);
    const csr = await readFile(call.args.request!, 'utf8').catch((cause: unknown) => {
      throw new CliFailure({
        title: `${call.args.request} cannot be read`,
        detail: cause instanceof Error ? cause.message : String(cause),
      });
    });
    const made = await call.api.hosts.certificate({ params: { id }, body: { csr } });
    call.terminal.out.write(made.certificate);
    return undefined;
  },
};
