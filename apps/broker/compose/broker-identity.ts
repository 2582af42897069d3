import type { PeopleOfBroker } from '@atelier/adapters/identity';
import type { BrokerIdentity } from '../broker-parts.ts';
import { kerberosFrom } from '../sign-in/kerberos.ts';
import type { BrokerConfig } from './broker-config.ts';

/** People as the configuration lets them sign in: by NLA or not, with Kerberos or without. Throws when the keytab cannot be used. */
export function brokerIdentity(
  people: PeopleOfBroker,
  { nla, keytab, realm }: Pick<BrokerConfig, 'nla' | 'keytab' | 'realm'>,
): BrokerIdentity {
  if (!nla || !people.nla) return { ...people, nla: undefined };
  return keytab === null ? people : { ...people, nla: { ...people.nla, kerberos: kerberosFrom(keytab, realm) } };
}
