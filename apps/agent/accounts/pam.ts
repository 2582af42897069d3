import { existsSync } from 'node:fs';
import { runProgram } from './run-program.ts';
import { isUserName } from './system-users.ts';

/** Judges passwords of system accounts. */
export interface PasswordCheck {
  /** Whether the password is the account's, and the account may log on now. */
  check(name: string, password: string, signal: AbortSignal): Promise<boolean>;
  /** Whether the account may log on now, for whom something else than a password has proved. Default: it may. */
  mayLogOn?(name: string): Promise<boolean>;
}

const program = '/usr/bin/pamtester';

/**
 * PAM through Debian's `pamtester`: authentication and account management (expired, locked). The password goes in by standard input, never by the
 * command line. Service `atelier` when `/etc/pam.d` has it, else PAM's own `other`, which Debian fills with the system's common rules.
 */
export function pam(service = 'atelier'): PasswordCheck {
  const ask = async (name: string, questions: readonly string[], options: { input?: string; signal?: AbortSignal }) => {
    if (!existsSync(program))
      throw new Error('pamtester is not installed, which asks PAM about passwords: apt-get install pamtester');
    return (await runProgram([program, service, name, ...questions], options)).code === 0;
  };
  return {
    check: async (name, password, signal) => {
      if (!isUserName(name) || password === '' || /[\n\r\0]/.test(password)) return false;
      return ask(name, ['authenticate', 'acct_mgmt'], { input: `${password}\n`, signal });
    },
    mayLogOn: async (name) => isUserName(name) && ask(name, ['acct_mgmt'], {}),
  };
}
