import { describe, expect, it } from 'vitest';
import { attachedDisplays } from './machine-sessions.ts';
import { readSessionNote } from './noted-sessions.ts';
import { SessionBook } from './session-book.ts';

const note = (lines: readonly string[]) => readSessionNote(`${[...lines, 'end'].join('\n')}\n`);
const open = ['type=open_session', 'service=xrdp-sesman', 'user=ada', 'tty=:10.0', 'pid=77', 'rhost='];

describe('what the session hook notes', () => {
  it('is a session that begins or ends, by its display', () => {
    expect(note(open)).toEqual({ what: 'log-on', user: 'ada', hostSessionId: ':10', pid: 77 });
    expect(note(['type=close_session', 'user=ada', 'tty=', 'pid=9'])).toMatchObject({
      what: 'log-off',
      hostSessionId: 'pid 9',
    });
  });

  it('is nothing when it is half there, or something else', () => {
    expect(readSessionNote(`${open.join('\n')}\n`)).toBeNull();
    expect(note(['type=auth', 'user=ada', 'pid=1'])).toBeNull();
    expect(note(['type=open_session', 'user=', 'pid=1'])).toBeNull();
    expect(note(['type=open_session', 'user=ada', 'pid=x'])).toBeNull();
    expect(readSessionNote('')).toBeNull();
  });

  it('cannot be changed by a value that brings lines', () => {
    expect(note([...open, 'user=root'])).toMatchObject({ user: 'ada' });
  });
});

describe('the whole list', () => {
  const seen = { user: 'ada', hostSessionId: ':10', state: 'disconnected' } as const;

  it('has what began before its X server is there, as long as its process is', () => {
    const book = new SessionBook();
    book.note(note(open)!, 0);
    expect(book.whole([], () => true, 1)).toEqual([{ ...seen, state: 'active' }]);
    expect(book.whole([seen], () => true, 1)).toEqual([seen]);
    expect(book.whole([], () => false, 2)).toEqual([]);
    expect(book.whole([], () => true, 3)).toEqual([]);
  });

  it('has nothing that ended and whose X server is just ending', () => {
    const book = new SessionBook();
    book.note(note(open)!, 0);
    book.note({ ...note(open)!, what: 'log-off' }, 10);
    expect(book.whole([seen], () => true, 20)).toEqual([]);
    expect(book.whole([seen], () => true, 60_000)).toEqual([seen]);
  });
});

it('sees by the sockets of X servers whether a client is attached', () => {
  const unix = `Num       RefCount Protocol Flags    Type St Inode Path
00000000dd6e73de: 00000002 00000000 00010000 0001 01 2884540 /run/xrdp/sockdir/xrdp_display_33
00000000e6cda251: 00000002 00000000 00000000 0002 01 2884541 /run/xrdp/sockdir/xrdp_disconnect_display_33
000000002ef02405: 00000003 00000000 00000000 0001 03 2884552 /run/xrdp/sockdir/xrdp_display_34
`;
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:170F 00000000:0000 0A 00000000:00000000
   1: 0100007F:170F 0100007F:A2C4 01 00000000:00000000
   2: 0100007F:1710 00000000:0000 0A 00000000:00000000
`;
  expect([...attachedDisplays(unix, tcp)]).toEqual([':34', ':3']);
});
