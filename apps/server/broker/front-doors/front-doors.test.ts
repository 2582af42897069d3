import { describe, expect, it } from 'vitest';
import { claimedInFeedCookie, feedCookieSeconds, provesFeedCookie, writeFeedCookie } from './feed-cookie.ts';
import { defaultIcon, icoOf } from './icon.ts';
import { readFeedFile, workspaceFeed } from './workspace-feed.ts';

const secret = new Uint8Array(32).fill(7);
const userId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('the cookie of a feed', () => {
  const cookie = writeFeedCookie(secret, userId, 'argon', 1000);

  it('proves its person until its time is over, their password changes, or a letter of it does', () => {
    expect(claimedInFeedCookie(cookie, 1000)).toEqual({ userId });
    expect(provesFeedCookie(secret, cookie, 'argon')).toBe(true);
    expect(claimedInFeedCookie(cookie, 2000 + feedCookieSeconds * 1000)).toBeNull();
    expect(provesFeedCookie(secret, cookie, 'another')).toBe(false);
    expect(provesFeedCookie(secret, cookie.replace('01ARZ', '01ARY'), 'argon')).toBe(false);
    expect(provesFeedCookie(secret, cookie.replace(/\.\w+\./, '.zzzzzz.'), 'argon')).toBe(false);
    expect(provesFeedCookie(new Uint8Array(32), cookie, 'argon')).toBe(false);
  });

  it('is none when it is anything else', () => {
    for (const text of ['', 'x', `${userId}..`, `${userId}.zzz`, `${cookie}x`, 'a'.repeat(10_000)])
      expect(claimedInFeedCookie(text, 0)).toBeNull();
  });
});

describe('files of a feed', () => {
  it('are read by the names that the feed gives them', () => {
    const at = new Date(5000);
    const feed = workspaceFeed({
      id: 'here',
      address: 'desk',
      collections: [{ id: userId, name: 'Office', updatedAt: at }],
      programs: [
        { collectionId: userId, alias: 'calc-1.0', title: 'Calc', updatedAt: new Date(9000) },
        { collectionId: 'other', alias: 'x', title: 'X', updatedAt: at },
      ],
    });
    expect(feed.resources.map(({ kind }) => kind)).toEqual(['Desktop', 'RemoteApp']);
    expect(feed.updatedAt).toEqual(new Date(9000));
    const names = feed.resources.map(({ rdpFileUrl }) => rdpFileUrl.slice('/RDWeb/Pages/rdp/'.length));
    expect(names.map(readFeedFile)).toEqual([
      { collectionId: userId, alias: null, kind: 'rdp' },
      { collectionId: userId, alias: 'calc-1.0', kind: 'rdp' },
    ]);
  });

  it('are none by other names', () => {
    for (const name of ['', 'x.rdp', `${userId}.exe`, `${userId}-.rdp`, `${userId}-../x.rdp`, `x/${userId}.rdp`])
      expect(readFeedFile(name)).toBeNull();
  });
});

it('wraps a picture as an icon, and takes its own where there is none', () => {
  const ico = icoOf(defaultIcon());
  expect([...ico.subarray(0, 8)]).toEqual([0, 0, 1, 0, 1, 0, 32, 32]);
  expect(ico.subarray(22)).toEqual(defaultIcon());
  expect(icoOf(Buffer.from('no picture'))).toEqual(ico);
});
