/** What an entry speaks of. Generic rights are all that WS-Management knows (MS-DTYP 2.4.3). */
export type AccessRight = 'read' | 'write' | 'execute';

/** Whom an entry means, on a machine without Windows' accounts. */
export type Trustee =
  | { readonly kind: 'everyone' | 'administrators' | 'system' | 'nobody' }
  /** Samba's numbers for accounts of Unix: `S-1-22-1-UID`, `S-1-22-2-GID`. */
  | { readonly kind: 'user' | 'group'; readonly id: number };

/** One entry of an access list. */
export interface AccessEntry {
  readonly effect: 'allow' | 'deny';
  readonly rights: ReadonlySet<AccessRight>;
  readonly trustee: Trustee;
}

const longest = 4096;
const everyone = { kind: 'everyone' } as const;
const nobody = { kind: 'nobody' } as const;

/** Everybody here has logged on over the network; nobody sits at the console (IU), or is a service, a guest or unknown. */
const trustees: Readonly<Record<string, Trustee>> = {
  WD: everyone,
  'S-1-1-0': everyone,
  AU: everyone,
  'S-1-5-11': everyone,
  NU: everyone,
  'S-1-5-2': everyone,
  BA: { kind: 'administrators' },
  'S-1-5-32-544': { kind: 'administrators' },
  SY: { kind: 'system' },
  'S-1-5-18': { kind: 'system' },
  IU: nobody,
  'S-1-5-4': nobody,
  SU: nobody,
  'S-1-5-6': nobody,
  AN: nobody,
  'S-1-5-7': nobody,
  BG: nobody,
  'S-1-5-32-546': nobody,
};

const letters: Readonly<Record<string, readonly AccessRight[]>> = {
  GA: ['read', 'write', 'execute'],
  GR: ['read'],
  GW: ['write'],
  GX: ['execute'],
};
const bits: readonly (readonly [bit: number, rights: readonly AccessRight[]])[] = [
  [0x10000000, letters.GA!],
  [0x80000000, letters.GR!],
  [0x40000000, letters.GW!],
  [0x20000000, letters.GX!],
];

function readTrustee(text: string): Trustee {
  const known = trustees[text.toUpperCase()];
  if (known) return known;
  const unix = /^S-1-22-([12])-(\d{1,10})$/i.exec(text);
  if (unix) return { kind: unix[1] === '1' ? 'user' : 'group', id: Number(unix[2]) };
  throw new Error(
    `"${text}" names nobody on this machine: it knows WD, AU, NU, BA, SY, IU, S-1-22-1-UID and S-1-22-2-GID`,
  );
}

function readRights(text: string): ReadonlySet<AccessRight> {
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) {
    const mask = Number(text);
    const known = bits.filter(([bit]) => (mask & bit) !== 0);
    if (mask !== 0 && known.reduce((sum, [bit]) => sum + bit, 0) === mask)
      return new Set(known.flatMap(([, rights]) => rights));
  }
  const pairs = text.toUpperCase().match(/../g) ?? [];
  const wrong = pairs.find((one) => !letters[one]);
  if (pairs.length === 0 || text.length % 2 === 1 || wrong)
    throw new Error(`the rights "${text}" are not among GA, GR, GW and GX`);
  return new Set(pairs.flatMap((one) => letters[one]!));
}

/** One entry; null for one that is only handed down to what lies below, of which there is nothing. */
function readEntry(text: string): AccessEntry | null {
  const [type = '', flags = '', rights = '', object, inherited, trustee = '', ...more] = text.split(';');
  if (more.length > 0 || object !== '' || inherited !== '')
    throw new Error(`the entry "(${text})" is not of the form (type;flags;rights;;;who)`);
  const effect = { A: 'allow', D: 'deny' } as const;
  const found = effect[type.toUpperCase() as 'A' | 'D'];
  if (!found) throw new Error(`the entry "(${text})" neither allows (A) nor denies (D)`);
  if (!/^(CI|OI|NP|IO|ID)*$/i.test(flags)) throw new Error(`the entry "(${text})" has unknown flags`);
  const entry = { effect: found, rights: readRights(rights), trustee: readTrustee(trustee) };
  return /^(..)*IO/i.test(flags) ? null : entry;
}

const entry = String.raw`\([^()]*\)`;
const shape = new RegExp(
  `^(?:O:(?<owner>(?:(?![GDS]:)[\\w-])+))?(?:G:(?<group>(?:(?![DS]:)[\\w-])+))?D:(?<flags>[A-Z]*)(?<list>(?:${entry})*)(?:S:[A-Z]*(?<audit>(?:${entry})*))?$`,
  'i',
);

/**
 * The entries of a security descriptor's access list in their order (MS-DTYP 2.5.1). Owner and group give no rights here; what is to be audited is read
 * past, since every refusal is recorded anyway. Throws, with the reason, for what it does not understand to the last letter: an entry left out could
 * be the one that denies.
 */
export function readSddl(text: string): readonly AccessEntry[] {
  if (text.length > longest) throw new Error('the security descriptor is too long');
  const found = shape.exec(text.replaceAll(/\s+/g, ''))?.groups;
  if (!found) throw new Error('this is no security descriptor with an access list (O:…G:…D:…S:…)');
  if (!/^(P|AR|AI)*$/i.test(found.flags!)) throw new Error(`the access list has unknown flags "${found.flags}"`);
  for (const one of found.audit?.match(/[^()]+/g) ?? [])
    if (!/^AU;(SA|FA|CI|OI|NP|IO|ID)*;\w+;;;[\w-]+$/i.test(one)) throw new Error(`"(${one})" is no entry of audit`);
  return (found.list!.match(/[^()]+/g) ?? []).map(readEntry).filter((one) => one !== null);
}
