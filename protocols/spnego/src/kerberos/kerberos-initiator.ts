import type { InitiatorOptions, KerberosCredentials } from '../initiator-options.ts';
import type { MechanismContext } from '../mechanism-context.ts';

// @ts-expect-error being written
export class KerberosInitiator implements MechanismContext {
  constructor(options: InitiatorOptions, kerberos: KerberosCredentials) {
    throw new Error('not there yet', { cause: [options, kerberos] });
  }
}
