import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/winrm-config.ts';
import { testUser } from '../testing/index.ts';
import { readAddressFilter } from './address-filter.ts';
import { allows } from './by-root-sddl.ts';
import { readSddl } from './read-sddl.ts';

const someone = (uid: number, gid: number, administrator = false, groups: readonly number[] = []) => ({
  ...testUser(`u${uid}`, administrator),
  account: { uid, gid, groups, home: '/', shell: '/bin/sh' },
});
const root = someone(0, 0, true);
const admin = someone(1000, 1000, true);
const ada = someone(1001, 1001, false, [27, 50]);
const ghost = { name: 'ghost', account: null, administrator: false };
/** What of read, write and execute the descriptor gives. */
const given = (sddl: string, user: Parameters<typeof allows>[1]) =>
  (['read', 'write', 'execute'] as const)
    .filter((right) => allows(readSddl(sddl), user, right))
    .map((one) => ({ read: 'r', write: 'w', execute: 'x' })[one])
    .join('');

describe('a security descriptor', () => {
  it.each([
    ['as delivered', defaultConfig.Service.RootSDDL, ['rwx', 'rwx', '', '']],
    ['for a user', 'D:(A;;GR;;;S-1-22-1-1001)', ['', '', 'r', '']],
    ['for a group, main or other', 'D:(A;;GRGX;;;S-1-22-2-50)(A;;GW;;;S-1-22-2-1001)', ['', '', 'rwx', '']],
    ['for everybody', 'O:BAG:BAD:PAI(A;CI;0xa0000000;;;WD)', ['rx', 'rx', 'rx', 'rx']],
    ['a refusal before a grant', 'D:(D;;GW;;;S-1-22-1-1001)(A;;GA;;;AU)', ['rwx', 'rwx', 'rx', 'rwx']],
    ['a grant before a refusal', 'D:(A;;GR;;;AU)(D;;GA;;;WD)', ['r', 'r', 'r', 'r']],
    ['handed down only', 'D:(A;OIIO;GA;;;WD)(A;;GR;;;SY)', ['r', '', '', '']],
    ['for nobody', 'D:', ['', '', '', '']],
    ['for who cannot be', 'D:(A;;GA;;;IU)(A;;GA;;;AN)', ['', '', '', '']],
    ['with blanks and small letters', 'o:ns g:ba d:p (a;;ga;;;s-1-5-32-544)', ['rwx', 'rwx', '', '']],
  ])('%s', (_, sddl, rights) => expect([root, admin, ada, ghost].map((one) => given(sddl, one))).toEqual(rights));

  it.each([
    ['', 'no security descriptor'],
    ['O:BAG:BA', 'no security descriptor'],
    ['D:(A;;GA;;;BA', 'no security descriptor'],
    ['D:(A;;GA;;;BA)X', 'no security descriptor'],
    ['D:NO_ACCESS_CONTROL', 'no security descriptor'],
    ['D:X(A;;GA;;;BA)', 'unknown flags'],
    ['D:(A;;GA;;;S-1-5-21-1-2-3-500)', 'names nobody'],
    ['D:(A;;GA;;;DA)', 'names nobody'],
    ['D:(A;;KA;;;BA)', 'are not among'],
    ['D:(A;;0x1;;;BA)', 'are not among'],
    ['D:(A;;G;;;BA)', 'are not among'],
    ['D:(A;;;;;BA)', 'are not among'],
    ['D:(OA;;GA;;;BA)', 'neither allows'],
    ['D:(XA;;GA;;;BA;(x==1))', 'no security descriptor'],
    ['D:(A;ZZ;GA;;;BA)', 'unknown flags'],
    ['D:(A;;GA;guid;;BA)', 'not of the form'],
    ['D:(A;;GA;;;BA)S:(A;;GA;;;WD)', 'no entry of audit'],
    [`D:${'(A;;GA;;;BA)'.repeat(400)}`, 'too long'],
  ])('%s is refused', (sddl, reason) => expect(() => readSddl(sddl)).toThrow(reason));
});

describe('a filter of addresses', () => {
  it.each([
    ['*', 4, ['10.0.0.1'], []],
    ['', 4, [], ['127.0.0.1']],
    ['10.0.0.5, 10.0.1.0-10.0.1.9', 4, ['10.0.0.5', '10.0.1.0', '10.0.1.9'], ['10.0.0.6', '10.0.1.10']],
    ['fe80::1-fe80::f', 6, ['fe80::2', 'fe80::2%eth0'], ['fe80::10', '::1']],
  ] as const)('%s', (text, family, inside, outside) => {
    const filter = readAddressFilter(text, family);
    expect([...inside, ...outside].filter(filter)).toEqual(inside);
  });
  it.each([
    ['*,10.0.0.1', 4],
    ['10.0.0.9-10.0.0.1', 4],
    ['10.0.0', 4],
    ['10.0.0.0/8', 4],
    ['::1', 4],
    ['10.0.0.1', 6],
    ['1.2.3.4-1.2.3.5-1.2.3.6', 4],
    [',', 4],
  ] as const)('%s is refused', (text, family) => expect(() => readAddressFilter(text, family)).toThrow(/"/));
});
