import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPasswordVerifiers } from './password-verifier.ts';
import { signInBrake } from './sign-in-brake.ts';

it('knows people again by their password, for several of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-verifiers-'));
  try {
    const verifiers = openPasswordVerifiers(folder);
    await verifiers.keep({ id: 'A1', name: 'anna' }, 'pässword one');
    await verifiers.keep({ id: 'B1', name: 'bert' }, 'pässword one');
    expect(await verifiers.check('ANNA', 'pässword one')).toBe('A1');
    expect(await verifiers.check('bert', 'other')).toBeUndefined();
    expect(await verifiers.check('carl', 'other')).toBeNull();
    const files = await readdir(folder);
    expect(files).toHaveLength(2);
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    await verifiers.forget('A1');
    expect(await verifiers.check('anna', 'pässword one')).toBeNull();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('slows guessing down, for one name at a time', () => {
  let now = 0;
  const brake = signInBrake(() => now);
  for (let index = 0; index < 5; index++) {
    brake.check('anna');
    brake.failed('Anna');
  }
  expect(() => brake.check('anna')).toThrow('try again in 2 seconds');
  brake.check('bert');
  now = 2001;
  brake.check('anna');
  brake.failed('anna');
  expect(() => brake.check('anna')).toThrow('try again in 4 seconds');
  brake.passed('anna');
  brake.check('anna');
});
