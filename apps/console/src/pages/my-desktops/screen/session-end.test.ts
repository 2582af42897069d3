import { expect, it } from 'vitest';
import { endText, sessionEnd } from './session-end.ts';

it('tells who said goodbye from who was cut off', () => {
  expect(sessionEnd('custom error: reason: received disconnect provider ultimatum: UserRequested')).toBe('closed');
  expect(sessionEnd('read frame: not enough bytes')).toBe('cut');
  expect(sessionEnd('')).toBe('cut');
});

it('says where the session is, once the server knows', () => {
  const active = { state: 'active' };
  expect(endText('closed', active, false)).toBe('closed');
  expect(endText('closed', undefined, true)).toBe('closed');
  expect(endText('closed', active, true)).toBe('elsewhere');
  expect(endText('closed', null, false)).toBe('signedOut');
  expect(endText('closed', { state: 'disconnected' }, true)).toBe('lost');
  expect(endText('cut', active, true)).toBe('lost');
  expect(endText('cut', null, true)).toBe('signedOut');
});
