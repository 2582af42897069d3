import { AtelierError } from '@atelier/domain/errors';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { invalid, toProblem } from './problem.ts';

it('gives our errors their status, cause and fix, and a time to wait', () => {
  const error = new AtelierError('people.sign-in-backoff', 'wait 3 s', { extra: { retryAfterSeconds: 2.5 } });
  const { status, headers, problem, unexpected } = toProblem(error, 'id-1');
  expect([status, headers['retry-after'], unexpected]).toEqual([429, '3', false]);
  expect(problem).toMatchObject({ code: 'people.sign-in-backoff', detail: 'wait 3 s', correlationId: 'id-1' });
});

it('never shows what it did not expect', () => {
  for (const error of [new Error('secret'), 'secret', null, new AtelierError('no.such-code', 'secret')]) {
    const answer = toProblem(error, 'id');
    expect([answer.status, answer.unexpected]).toEqual([500, true]);
    expect(JSON.stringify(answer.problem)).not.toContain('secret');
  }
});

it('tells a database that is away from a defect', () => {
  for (const code of ['ECONNREFUSED', '57P01', '08006', '53300'])
    expect(toProblem(Object.assign(new Error('x'), { code }), 'id').status).toBe(503);
  expect(toProblem(new Error('Connection terminated unexpectedly'), 'id').status).toBe(503);
  expect(toProblem(Object.assign(new Error('x'), { code: '23505' }), 'id').status).toBe(500);
});

it('names the fields that are wrong, not their values', () => {
  const result = z.object({ a: z.object({ b: z.number() }) }).safeParse({ a: { b: 'secret' } });
  const error = invalid(result.error!, 'body');
  expect(error.extra).toEqual({ fields: [{ field: 'body.a.b', message: expect.any(String) }] });
  expect(JSON.stringify(error.extra)).not.toContain('secret');
});
