import type { AcceptorOptions, KerberosAcceptorOptions } from '../acceptor-options.ts';
import type { MechanismContext } from '../mechanism-context.ts';

// @ts-expect-error being written
export class KerberosAcceptor implements MechanismContext {
  constructor(options: AcceptorOptions, kerberos: KerberosAcceptorOptions) {
    throw new Error('not there yet', { cause: [options, kerberos] });
  }
}
