// Signs people in at broker ports, in a process of its own. Is told whom by one message, and answers with one.
import { ntHash } from '@atelier/spnego';
import { signInAs } from '../../../peers/rdp-lab/synthetic-client.ts';

/** Each person signs in once, with a password or a one-time ticket, `atOnce` at a time, at the ports in turn. */
export interface SignInLoad {
  readonly ports: readonly number[];
  readonly people: readonly { readonly name: string; readonly password: string }[];
  readonly atOnce: number;
  /** Proves the password by Network Level Authentication (NTLM), and delegates it, in place of sending it in the Client Info. */
  readonly nla?: boolean;
}

/** Sign-ins per second, and milliseconds from dialling to redirection. */
export interface SignInLoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Everybody's password is the same: its hash is made once. */
const hashes = new Map<string, Uint8Array>();
function hashOf(password: string): Uint8Array {
  const known = hashes.get(password) ?? ntHash(password);
  hashes.set(password, known);
  return known;
}

const proof = (user: string, password: string) => ({
  now: Date.now,
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  credentials: [{ kind: 'ntlm' as const, user, domain: '', ntHash: hashOf(password) }],
  delegate: { user, domain: '', password },
});

async function signIn({ ports, people, atOnce, nla }: SignInLoad): Promise<SignInLoadResult> {
  const times: number[] = [];
  let next = 0;
  const one = async () => {
    while (next < people.length) {
      const n = next++;
      const { name, password } = people[n]!;
      const by = nla ? { password: '', nla: proof(name, password) } : { password };
      const end = await signInAs({ host: '127.0.0.1', port: ports[n % ports.length]!, user: name, ...by });
      if (!end.redirection?.loadBalanceInfo) throw new Error(`${name} got no token`);
      times.push(end.ms);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, one));
  const perSecond = times.length / ((performance.now() - begun) / 1000);
  times.sort((a, b) => a - b);
  return { perSecond, p50: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]! };
}

process.on('message', (load: SignInLoad) => {
  signIn(load).then(
    (result) => process.send!(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
