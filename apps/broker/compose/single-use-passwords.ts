import {
  checkPassword,
  makePassword,
  newPasswordKey,
  passwordKeys,
  passwordMark,
} from '@atelier/adapters/single-use-password';
import type { SingleUsePasswords } from '../broker-parts.ts';
import type { BrokerServices } from './broker-services.ts';

/** Where servers and brokers keep the key; hosts learn its public half from the server. */
const keyName = 'broker/single-use-password-key';

/** Passwords by the key that all servers over one database share. */
export async function singleUsePasswords({ secrets }: Pick<BrokerServices, 'secrets'>): Promise<SingleUsePasswords> {
  const { privateKey, publicKey } = passwordKeys(await secrets.getOrCreate(keyName, newPasswordKey));
  return {
    make: (user, targetId) => makePassword(privateKey, { user, targetId }, Date.now()),
    isOurs: (password, user, targetId) => {
      if (!password.startsWith(passwordMark)) return false;
      const checked = checkPassword(publicKey, password, { user, targetIds: [targetId] }, Date.now());
      // What is expired was genuine: the signature is looked at first.
      return typeof checked === 'object' || checked === 'expired';
    },
  };
}
