import { resolveSrv } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { winrmError } from '../errors.ts';

/** Where a KDC listens. */
export interface KdcPlace {
  readonly host: string;
  readonly port: number;
}

function readPlace(text: string): KdcPlace {
  const found = /^(?:tcp\/)?(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (!found) throw winrmError('winrm.request', `"${text}" is no address of a KDC`);
  return { host: found[1]!.replace(/^\[|\]$/g, ''), port: Number(found[2] ?? 88) };
}

/** KDCs of a realm in the text of krb5.conf. */
export function kdcsInConfiguration(text: string, realm: string): readonly KdcPlace[] {
  const found: KdcPlace[] = [];
  let section = '';
  let current = '';
  for (const line of text.split('\n').map((one) => one.replace(/[#;].*$/, '').trim())) {
    const heading = /^\[(\w+)\]$/.exec(line);
    if (heading) section = heading[1]!;
    else if (section === 'realms') {
      const opened = /^([^\s=]+)\s*=\s*\{/.exec(line);
      const kdc = /^kdc\s*=\s*(\S+)$/.exec(line);
      if (opened) current = opened[1]!;
      else if (line.startsWith('}')) current = '';
      else if (kdc && current === realm) found.push(readPlace(kdc[1]!));
    }
  }
  return found;
}

/** KDCs of a realm: those given, else krb5.conf's, else those that DNS names. Throws `winrm.request` when there is none. */
export async function findKdcs(realm: string, given: readonly string[] | undefined): Promise<readonly KdcPlace[]> {
  if (given && given.length > 0) return given.map(readPlace);
  const path = process.env.KRB5_CONFIG ?? '/etc/krb5.conf';
  const configured = kdcsInConfiguration(await readFile(path, 'utf8').catch(() => ''), realm);
  if (configured.length > 0) return configured;
  const records = await resolveSrv(`_kerberos._tcp.${realm}`).catch(() => []);
  if (records.length === 0) throw winrmError('winrm.request', `no KDC of the realm ${realm} is known`);
  return records.sort((a, b) => a.priority - b.priority).map((one) => ({ host: one.name, port: one.port }));
}
