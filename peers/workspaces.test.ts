import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskFolder, importDisk } from './lifecycle/disks.ts';
import { enrollDevice } from './lifecycle/fake-device.ts';
import { endOf, type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';

// Workspaces, assignments and the lists, as those who look after them see them.

let given: LifecycleServer;
beforeAll(async () => {
  given = await lifecycleServer();
  await given.api.images.create({ body: { name: 'lab' } });
});
afterAll(() => given?.stop());

const problem = (code: string) => ({ problem: { code } });
const auditOf = async (objectId: string) =>
  (await given.api.audit.list({ query: { objectId } })).items.map((one) => ({
    verb: one.verb,
    difference: one.difference,
  }));

/** Everything that a list gives, by pages of one. */
async function byOne<Item>(
  list: (query: { limit: number; cursor?: string }) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 1, cursor });
    expect(page.items.length).toBeLessThanOrEqual(1);
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
}

describe('a workspace', () => {
  const create = (name: string, more: object = {}) =>
    given.api.workspaces.create({ body: { name, image: 'lab', channel: 'stable', ...more } });

  it('is found by id and by name, in any case, and its name is its own', async () => {
    const made = await create('Desk');
    for (const id of [made.id, 'Desk', 'DESK'])
      expect((await given.api.workspaces.get({ params: { id } })).id).toBe(made.id);
    await expect(create('desk')).rejects.toMatchObject(problem('workspace.name-taken'));
    await expect(given.api.workspaces.get({ params: { id: 'none' } })).rejects.toMatchObject(
      problem('workspace.not-found'),
    );
    await expect(create('both', { pinnedVersion: 1 })).rejects.toMatchObject(problem('request.invalid'));
    await expect(create('none', { channel: null })).rejects.toMatchObject(problem('request.invalid'));
    await expect(create('lost', { image: 'nowhere' })).rejects.toMatchObject(problem('image.not-found'));
  });

  it('is changed with its difference in the audit log, and not over somebody else’s change', async () => {
    const made = await create('changed');
    const change = (body: object, rev: number) =>
      given.api.workspaces.update({ params: { id: made.id }, body }, { ifMatch: rev });
    const next = await change({ description: 'new words', channel: 'pilot' }, made.rev);
    expect(next).toMatchObject({ description: 'new words', channel: 'pilot', pinnedVersion: null });
    await expect(change({ enabled: false }, made.rev)).rejects.toMatchObject(problem('request.conflict'));
    expect((await auditOf(made.id))[0]).toEqual({
      verb: 'workspace.update',
      difference: {
        description: { before: '', after: 'new words' },
        channel: { before: 'stable', after: 'pilot' },
      },
    });
  });

  it('is copied with its policy and without its assignments', async () => {
    const made = await create('model', { policy: { vm: { vcpus: 3 } } });
    await given.api.workspaces.assign({ params: { id: made.id }, body: { principal: { kind: 'user', id: 'owner' } } });
    const copy = await given.api.workspaces.clone({ params: { id: made.id }, body: { name: 'copy' } });
    expect(copy).toMatchObject({ name: 'copy', channel: 'stable', policyRevision: 1, assignmentCount: 0 });
    const { items } = await given.api.workspaces.listRevisions({ params: { id: copy.id } });
    expect(items).toMatchObject([{ number: 1, message: 'copied from model', document: { vm: { vcpus: 3 } } }]);
  });

  it('may be looked after by somebody who has a role for it alone', async () => {
    const made = await create('theirs');
    const keeper = await given.person('keeper');
    const scope = { kind: 'workspace' as const, id: made.id };
    await given.api.people.createRoleBinding({
      body: { principal: { kind: 'user', id: keeper.id }, role: 'workspace-admin', scope },
    });
    const update = (id: string) => keeper.api.workspaces.update({ params: { id }, body: { description: 'kept' } });
    expect(await update('theirs')).toMatchObject({ description: 'kept' });
    await expect(update('desk')).rejects.toMatchObject(problem('people.not-allowed'));
    const assigned = await keeper.api.workspaces.assign({
      params: { id: 'theirs' },
      body: { principal: { kind: 'user', id: keeper.id } },
    });
    const other = await given.api.workspaces.assign({
      params: { id: 'desk' },
      body: { principal: { kind: 'user', id: keeper.id } },
    });
    await keeper.api.workspaces.removeAssignment({ params: { id: assigned.id } });
    await expect(keeper.api.workspaces.removeAssignment({ params: { id: other.id } })).rejects.toMatchObject(
      problem('people.not-allowed'),
    );
  });
});

describe('an assignment', () => {
  it('is changed and taken away, with its limits in the audit log', async () => {
    await given.api.workspaces.create({ body: { name: 'limited', image: 'lab', channel: 'stable' } });
    const to = { params: { id: 'limited' } };
    const made = await given.api.workspaces.assign({
      ...to,
      body: { principal: { kind: 'group', id: 'everyone' }, printing: true },
    });
    await expect(
      given.api.workspaces.assign({ ...to, body: { principal: { kind: 'user', id: 'nobody-at-all' } } }),
    ).rejects.toMatchObject(problem('people.not-found'));
    const expiresOn = '2020-01-01T00:00:00.000Z';
    const at = { params: { id: made.id } };
    const changed = await given.api.workspaces.updateAssignment(
      { ...at, body: { expiresOn, clipboard: 'both' } },
      { ifMatch: made.rev },
    );
    expect(changed).toMatchObject({ expiresOn, clipboard: 'both', printing: true, principal: { name: 'everyone' } });
    expect((await auditOf(made.id))[0]).toEqual({
      verb: 'assignment.update',
      difference: { expiresOn: { before: null, after: expiresOn }, clipboard: { before: 'none', after: 'both' } },
    });
    const expired = given.api.my.list().then(({ items }) => items.find((one) => one.name === 'limited'));
    expect(await expired).toMatchObject({ expiresOn });
    await given.api.workspaces.removeAssignment(at);
    await expect(given.api.workspaces.removeAssignment(at)).rejects.toMatchObject(problem('assignment.not-found'));
    expect((await given.api.my.list()).items.map((one) => one.name)).not.toContain('limited');
  });
});

describe('lists', () => {
  it('come in pages that neither miss nor repeat, and can be searched', async () => {
    const { api } = given;
    for (const name of ['alpha', 'beta', 'gamma']) await api.images.create({ body: { name } });
    expect((await byOne((query) => api.images.list({ query }))).map((one) => one.name)).toEqual([
      'alpha',
      'beta',
      'gamma',
      'lab',
    ]);
    expect((await api.images.list({ query: { search: 'mm' } })).items.map((one) => one.name)).toEqual(['gamma']);
    for (let count = 0; count < 3; count++)
      await api.images.createVersion({ params: { name: 'alpha' }, body: { format: 'raw', sizeBytes: 4096 } });
    const versions = await byOne((query) => api.images.listVersions({ params: { name: 'alpha' }, query }));
    expect(versions.map((one) => one.number)).toEqual([3, 2, 1]);

    const all = (await api.workspaces.list()).items.map((one) => one.name);
    expect((await byOne((query) => api.workspaces.list({ query }))).map((one) => one.name)).toEqual(all);
    expect(all).toEqual(all.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    expect((await api.workspaces.list({ query: { search: 'DES' } })).items.map((one) => one.name)).toEqual(['Desk']);
    const assignments = (await api.workspaces.listAssignments()).items.map((one) => one.id);
    expect((await byOne((query) => api.workspaces.listAssignments({ query }))).map((one) => one.id)).toEqual(
      assignments,
    );

    // Two with the same name: the id decides.
    for (const name of ['pc', 'pc', 'Laptop']) await enrollDevice(given, name);
    const endpoints = await byOne((query) => api.endpoints.list({ query }));
    expect(endpoints.map((one) => one.name)).toEqual(['Laptop', 'pc', 'pc']);
    expect(new Set(endpoints.map((one) => one.id)).size).toBe(3);
    expect((await api.endpoints.list({ query: { search: 'LAP' } })).items).toHaveLength(1);
    const renamed = await api.endpoints.rename({ params: { id: endpoints[0]!.id }, body: { name: 'Notebook' } });
    expect(renamed.name).toBe('Notebook');
    expect((await auditOf(renamed.id))[0]).toEqual({
      verb: 'endpoint.rename',
      difference: { name: { before: 'Laptop', after: 'Notebook' } },
    });
    await expect(api.images.list({ query: { cursor: 'nonsense' } })).rejects.toMatchObject(problem('request.invalid'));
  });
});

describe('a channel', () => {
  it('goes when no workspace follows it', async () => {
    const disks = await diskFolder();
    const { api } = given;
    const at = { params: { name: 'beta', number: 1 } };
    try {
      await importDisk(api, 'beta', await disks.raw('beta', { x: 'y' }), 'raw');
      for (const verb of ['pack', 'push'] as const) await endOf(api, await api.images[verb](at));
    } finally {
      await disks.remove();
    }
    const pilot = { params: { name: 'beta', channel: 'pilot' } };
    await api.images.promote({ ...pilot, body: { version: 1 } });
    const { id } = await api.workspaces.create({ body: { name: 'follower', image: 'beta', channel: 'pilot' } });
    expect((await api.workspaces.get({ params: { id } })).currentVersion).toBe(1);
    await expect(api.images.removeChannel(pilot)).rejects.toMatchObject(problem('image.in-use'));
    await api.workspaces.update({ params: { id }, body: { pinnedVersion: 1 } });
    await api.images.removeChannel(pilot);
    expect((await api.images.get({ params: { name: 'beta' } })).channels).toEqual([]);
    await expect(api.images.removeChannel(pilot)).rejects.toMatchObject(problem('image.not-found'));
  });
});
