import { describe, expect, it } from 'vitest';
import { createClient, openApi, ProblemError, type Transport } from './index.ts';

const answer = (status: number, body: unknown) => ({ status, headers: new Headers(), json: async () => body });

describe('createClient', () => {
  it('fills parameters, query, body and headers in', async () => {
    const seen: unknown[] = [];
    const transport: Transport = async (request) => {
      seen.push(request);
      return answer(200, {});
    };
    await createClient(transport).workspaces.update(
      { params: { id: 'lab one' }, body: { enabled: false } },
      { ifMatch: 7, idempotencyKey: 'k' },
    );
    expect(seen[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/workspaces/lab%20one',
      body: '{"enabled":false}',
      headers: { 'if-match': '"7"', 'idempotency-key': 'k', 'content-type': 'application/json' },
    });
  });

  it('turns a problem into an error that says cause and fix, and anything else into one that says so', async () => {
    const problem = {
      type: 'x',
      title: 't',
      status: 404,
      code: 'image.not-found',
      detail: 'no image x',
      cause: 'c',
      fix: 'f',
      correlationId: '1',
    };
    await expect(createClient(async () => answer(404, problem)).images.get({ params: { name: 'x' } })).rejects.toThrow(
      'no image x',
    );
    const error = await createClient(async () => answer(502, 'gateway'))
      .images.list()
      .catch((e) => e);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error.problem.code).toBe('request.failed');
  });
});

describe('openApi', () => {
  it('gives each operation an id of its own and every path parameter a schema', () => {
    const operations = Object.values(openApi('0').paths).flatMap((path) => Object.values(path)) as {
      operationId: string;
      parameters: { in: string; required: boolean }[];
    }[];
    expect(new Set(operations.map((one) => one.operationId)).size).toBe(operations.length);
    for (const one of operations) for (const p of one.parameters) if (p.in === 'path') expect(p.required).toBe(true);
  });
});
