import { execFile } from 'node:child_process';

/** Longest that NetworkManager has for its answer. */
const timeoutMs = 5000;

/**
 * Whether the link to the world is metered, by NetworkManager's word: that of the device that is connected first. Null where
 * NetworkManager is not there, does not answer, or does not know.
 */
export async function meteredLink(nmcli = 'nmcli', signal?: AbortSignal): Promise<boolean | null> {
  const text = await new Promise<string>((resolve) => {
    execFile(
      nmcli,
      ['--terse', '--fields', 'GENERAL.STATE,GENERAL.METERED,IP4.GATEWAY,IP6.GATEWAY', 'device', 'show'],
      { timeout: timeoutMs, maxBuffer: 1024 * 1024, env: { ...process.env, LC_ALL: 'C' }, signal },
      (error, stdout) => resolve(error ? '' : stdout),
    );
  });
  return readMetered(text);
}

/** Reads what `nmcli --terse device show` says: stanzas of `FIELD:value`, one for each device. */
export function readMetered(text: string): boolean | null {
  let known: boolean | null = null;
  for (const stanza of text.split(/\n\s*\n/)) {
    const value = (field: string) => new RegExp(`^${field}:(.*)$`, 'm').exec(stanza)?.[1]?.trim() ?? '';
    const gateway = [value('IP4\\.GATEWAY'), value('IP6\\.GATEWAY')].some((one) => one !== '' && one !== '--');
    if (!value('GENERAL\\.STATE').startsWith('100') || !gateway) continue;
    const said = value('GENERAL\\.METERED');
    // one metered way out is enough: nobody knows which one the packets take
    if (said.startsWith('yes')) return true;
    if (said.startsWith('no')) known = false;
  }
  return known;
}
