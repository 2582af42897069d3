import { AtelierError } from '@atelier/domain/errors';

const shortest = 10;

/** Long enough, and still what everybody tries first. */
const common = new Set(
  `1234567890 0123456789 0987654321 9876543210 12345678910 qwertyuiop qwerty1234 qwerty12345 qwerty123456 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx3edc password12 password123 password1234 password12345 passw0rd12 passw0rd123 p@ssword123
  p@ssw0rd12 p@ssw0rd123 administrator admin12345 admin123456 welcome123 welcome1234 letmein123 iloveyou12 iloveyou123
  changeme12 changeme123 sunshine123 football123 baseball123 superman123 princess123 motdepasse motdepasse1 motdepasse123
  azertyuiop azerty1234 azerty12345 azerty123456 abcdefghij abcdefghijk abcdef1234 abcd123456 abc1234567 asdfghjkl1
  asdfghjkl123 zxcvbnm123 q1w2e3r4t5 q1w2e3r4t5y6 secret1234 secret12345 default123 test123456 testtest123`.split(
    /\s+/,
  ),
);

/**
 * Refuses a password that is short, common, a repetition, or made of the person's own name.
 * @throws AtelierError `people.password-weak`
 */
export function requireGoodPassword(password: string, userName: string): void {
  const weak = (why: string) => new AtelierError('people.password-weak', why);
  const folded = password.normalize('NFC').toLowerCase();
  if ([...folded].length < shortest) throw weak(`it has fewer than ${shortest} characters`);
  if (common.has(folded)) throw weak('it is one of the most common ones');
  if (new Set(folded).size < 4) throw weak('it repeats very few characters');
  const name = userName.toLowerCase();
  if (name.length >= 3 && folded.replaceAll(name, '').length < 5) throw weak('it is hardly more than the user’s name');
}
