import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { passwordCheck, sessionHook } from './hook-scripts.ts';
import { hooksIn, withHooks, withoutHooks } from './pam-file.ts';

const debian = `#%PAM-1.0
auth required pam_env.so readenv=1
@include common-auth
@include common-account
@include common-session
@include common-password
`;
const scripts = { session: '/opt/a/session-hook', password: '/opt/a/password-check' };

describe('the rules of a PAM service', () => {
  it('take ours: passwords before everything else, sessions after', () => {
    const text = withHooks(debian, scripts);
    const lines = text.trimEnd().split('\n');
    expect(lines[1]).toMatch(/^auth sufficient pam_exec\.so quiet expose_authtok \/opt\/a\/password-check #/);
    expect(lines.at(-1)).toMatch(/^session optional pam_exec\.so quiet \/opt\/a\/session-hook #/);
    expect(hooksIn(text)).toEqual({ session: true, password: true });
    expect(hooksIn(debian)).toEqual({ session: false, password: false });
  });

  it('take them once, with other paths in place of the ones before, and give them back', () => {
    const text = withHooks(debian, scripts);
    expect(withHooks(text, scripts)).toBe(text);
    const moved = withHooks(text, { session: '/srv/session-hook', password: null });
    expect(moved).not.toContain('/opt/a');
    expect(hooksIn(moved)).toEqual({ session: true, password: false });
    expect(withoutHooks(text)).toBe(debian);
    expect(withoutHooks(debian)).toBe(debian);
  });

  it('may be few or lack the last end of line', () => {
    expect(withoutHooks(withHooks('auth required pam_unix.so', scripts))).toBe('auth required pam_unix.so\n');
    expect(hooksIn(withHooks('', scripts))).toEqual({ session: true, password: true });
  });
});

describe('the scripts', () => {
  it.each([sessionHook(), passwordCheck()])('are understood by a POSIX shell #%#', (text) => {
    expect(spawnSync('/bin/sh', ['-n'], { input: text }).status).toBe(0);
  });

  it('fail no log-on where the agent never was, and leave other passwords alone at once', () => {
    const env = { PAM_TYPE: 'open_session', PAM_USER: 'ada', PATH: '/usr/bin:/bin' };
    expect(spawnSync('/bin/sh', ['-c', sessionHook('/nowhere')], { env }).status).toBe(0);
    const asked = { ...env, PAM_TYPE: 'auth' };
    for (const input of ['secret\0', 'atelier1.x\0', ''])
      expect(spawnSync('/bin/sh', ['-c', passwordCheck('/nowhere')], { env: asked, input }).status).toBe(1);
  });
});
