import { isIP } from 'node:net';

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const isDnsName = (name: string): boolean => name.length <= 253 && name.split('.').every((one) => label.test(one));
/** Names by which a machine means itself: a certificate with them would be good on every machine. */
const isOwn = (name: string): boolean =>
  /^(.*\.)?localhost$/.test(name) || /^127\./.test(name) || ['::1', '::', '0.0.0.0'].includes(name);

/** What clients dial, without its port. */
const hostOf = (dialled: string): string =>
  dialled
    .trim()
    .toLowerCase()
    .replace(/^(\[.*\]|[^:]*):\d+$/, '$1')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

/**
 * The names of a desktop's certificate, each once: its own ones first, then those by which clients reach it through the brokers. What is neither a DNS name
 * nor an address is left out, and so is what means every machine.
 */
export function certifiedNames(
  own: readonly (string | null)[],
  brokers: readonly (string | null)[],
): readonly string[] {
  const all = [...own, ...brokers].flatMap((name) => (name === null ? [] : [hostOf(name)]));
  return [...new Set(all)].filter((name) => !isOwn(name) && (isIP(name) !== 0 || isDnsName(name))).slice(0, 100);
}
