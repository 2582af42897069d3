import { expect, it } from 'vitest';
import { requireGoodPassword } from './password-rules.ts';

it('refuses what is short, common, repeated or the own name, and takes a sentence', () => {
  const weak = [
    ['short', 'ada'],
    ['Password123', 'ada'],
    ['aaaaaaaaaaaaaaa', 'ada'],
    ['ababababababab', 'ada'],
    ['ada.lovelace1', 'ada.lovelace'],
    ['MotDePasse123', 'ada'],
    // Ten bytes, five characters.
    ['ééééé', 'ada'],
  ] as const;
  for (const [password, name] of weak)
    expect(() => requireGoodPassword(password, name), password).toThrow(
      expect.objectContaining({ code: 'people.password-weak' }),
    );
  for (const good of ['correct horse', 'un café très serré', '日本語のパスワードです'])
    requireGoodPassword(good, 'ada');
  requireGoodPassword('a fine long one', 'a');
});
