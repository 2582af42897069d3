import { newPasswordKey, type PasswordKeys, passwordKeys } from '@atelier/adapters/single-use-password';
import type { Services } from '../../services.ts';

/** Under which name the key lies sealed in the database: brokers make passwords by it, agents know its public half. */
const passwordKeyName = 'broker/single-use-password-key';

/** The keys of single-use passwords, the same for all servers over one database; made when somebody needs them first. */
export const passwordKeysOf = async ({ secrets }: Pick<Services, 'secrets'>): Promise<PasswordKeys> =>
  passwordKeys(await secrets.getOrCreate(passwordKeyName, newPasswordKey));
