import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CollectionView, EnvironmentTest, EnvironmentView } from '@atelier/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Atelier, makeAtelier, ready, type Up } from './cli/atelier.ts';
import { type IpmiSim, simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';

// The command and a server with its broker, OpenIPMI's controller, and virsh with a program of the test's in place of ssh.

const password = 'a long enough password';
let atelier: Atelier;
let server: Up;
let sim: IpmiSim;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-environments-'));
  atelier = await makeAtelier();
  server = atelier.up();
  sim = await startIpmiSim();
  await server.printed(ready);
  await well(['server', 'create-owner', 'admin', '--password-stdin'], `${password}\n`);
  await well(['login', '-u', 'admin', '--password-stdin'], `${password}\n`);
});
afterAll(async () => {
  await sim?.stop();
  server?.signal('SIGINT');
  await server?.ended;
  await atelier?.remove();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((one) => one[1] ?? one[2]!);
const run = (line: string, input?: string) => atelier.run(words(line), input);
async function well(args: readonly string[] | string, input?: string) {
  const ended = await atelier.run(typeof args === 'string' ? words(args) : args, input);
  expect(ended, String(args)).toMatchObject({ code: 0 });
  return ended;
}
const environment = (name: string) => atelier.json<EnvironmentView>('environment', 'show', name);
const tested = async (name: string) => {
  const { code, out, err } = await run(`environment test ${name} -o json`);
  expect(out, err).not.toBe('');
  return { code, ...(JSON.parse(out) as EnvironmentTest) };
};

it('says how machines are switched, and refuses what no driver takes', async () => {
  expect((await run('environment ls')).err).toMatch(/atelier environment add/);
  await well('environment add here --driver qemu --accelerator tcg');
  expect(await environment('here')).toMatchObject({ driver: 'qemu', settings: { accelerator: 'tcg' }, secrets: [] });
  await well('environment update here --weight 200 --address 127.0.0.2');
  expect(await environment('here')).toMatchObject({
    serverWeight: 200,
    settings: { accelerator: 'tcg', address: '127.0.0.2' },
  });
  const strange = await run('environment update here --uri qemu:///system');
  expect(strange.code).toBe(1);
  expect(strange.err).toMatch(/uri/);
  const shown = await run('environment add kvm9 --driver libvirt --uri qemu+tls://me:hush@kvm9/system');
  expect(shown.code).toBe(1);
  expect(shown.err).toMatch(/must not hold a password/);
  expect(await run('environment show nowhere')).toMatchObject({ code: 3 });
  const dry = await run('environment add there --driver qemu --dry-run -o json');
  expect(JSON.parse(dry.out)).toMatchObject({ method: 'PUT', body: { driver: 'qemu' } });
});

it('has a broker look whether virtual machines can run', async () => {
  const found = await tested('here');
  expect(found).toMatchObject({ code: 0, ok: true });
  expect(found.findings.map((one) => one.what)).toEqual(['qemu', 'address', 'disks']);
  await well('environment add elsewhere --driver qemu --machine no-such-machine');
  expect(await tested('elsewhere')).toMatchObject({ code: 1, ok: false, broker: null });
});

it('keeps the password of controllers sealed, and switches by it', async () => {
  await well(`environment add rack --driver ipmi --user ${simUser.user} --port ${sim.port}`);
  await well('collection create Blades --kind blades');
  await well('target add blade -c Blades --kind blade --environment rack --property bmc=127.0.0.1');
  const without = await tested('rack');
  expect(without).toMatchObject({ code: 1, findings: [{ what: 'password', ok: false }] });
  expect(without.findings[0]!.detail).toMatch(/atelier environment secret/);

  const dry = await run('environment secret rack password --stdin --dry-run -o json', `${simUser.password}\n`);
  expect(dry.out).not.toContain(simUser.password);
  const kept = await well('environment secret rack password --stdin', `${simUser.password}\n`);
  expect(kept.out + kept.err).not.toContain(simUser.password);
  expect(await environment('rack')).toMatchObject({ secrets: ['password'] });
  const found = await tested('rack');
  expect(found).toMatchObject({ code: 0, ok: true });
  expect(found.findings.at(-1)).toEqual({ what: 'blade', ok: true, detail: 'is on' });

  // Nowhere but sealed: neither in the database's files as they are, nor in the audit log, nor in what the server says.
  const mentions = await promisify(execFile)('grep', ['-rlaF', simUser.password, atelier.state]).then(
    ({ stdout }) => stdout,
    (error: { code: number }) => (error.code === 1 ? '' : Promise.reject(error)),
  );
  expect(mentions).toBe('');
  expect(server.output()).not.toContain(simUser.password);
  const audit = await well('audit ls -o json');
  expect(audit.out).toContain('environment.put-secret');
  expect(audit.out).toContain('environment.test');
  expect(audit.out).not.toContain(simUser.password);

  const wrong = join(folder, 'wrong');
  await writeFile(wrong, 'not this one\n', { mode: 0o600 });
  await well(`environment secret rack password --file ${wrong}`);
  expect(await tested('rack')).toMatchObject({ code: 1, findings: [{ ok: true }, { what: 'blade', ok: false }] });
  expect((await run('environment secret rack ssh-key --stdin', 'x')).err).toMatch(/uses the secret password only/);
  await well('environment forget-secret rack password --yes');
  expect(await environment('rack')).toMatchObject({ secrets: [] });
  expect(await run('environment rm rack --yes')).toMatchObject({ code: 1 });
});

it('lends ssh a key for libvirt, and takes it back', async () => {
  const ssh = join(folder, 'ssh');
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nnot really\n-----END OPENSSH PRIVATE KEY-----';
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = -i ]; then stat -c '%a %n' "$2" > ${folder}/file; cat "$2" > ${folder}/key; fi
  shift
done
echo 'nobody is there' >&2
exit 1
`;
  await writeFile(ssh, script, { mode: 0o700 });
  await well(`environment add kvm1 --driver libvirt --uri qemu+ssh://broker@127.0.0.1/system?command=${ssh}`);
  await well('environment secret kvm1 ssh-key --stdin', key);
  const found = await tested('kvm1');
  expect(found).toMatchObject({ code: 1, findings: [{ what: 'libvirt', ok: false }] });
  expect(found.findings[0]!.detail).toMatch(/nobody is there/);
  expect(await readFile(join(folder, 'key'), 'utf8')).toBe(`${key}\n`);
  const [mode, path] = (await readFile(join(folder, 'file'), 'utf8')).trim().split(' ');
  expect(mode).toBe('600');
  await expect(stat(path!)).rejects.toThrow(/ENOENT/);
  expect((await readdir('/dev/shm')).filter((name) => path!.includes(name))).toEqual([]);
  await well('environment rm kvm1 --yes');
  expect(await run('environment show kvm1')).toMatchObject({ code: 3 });
});

it('says what a collection’s machines are made of, and changes one thing without the others', async () => {
  const create = 'collection create Pool --kind pooled-vms --vm-image office --vm-environment here --vm-size 6';
  await well(
    `${create} --vm-spares "mon-fri 07:00-18:00 3" --vm-time-zone Europe/Berlin --vm-memory 4096 --max-sessions 2`,
  );
  const pool = () => atelier.json<CollectionView>('collection', 'show', 'Pool');
  expect((await pool()).vm).toMatchObject({ image: 'office', environments: ['here'], size: 6, memoryMiB: 4096 });
  await well('collection update Pool --vm-version 12 --vm-after-use destroy --start-seconds 60');
  expect(await pool()).toMatchObject({
    startSeconds: 60,
    vm: { image: 'office', version: 12, size: 6, afterUse: 'destroy', spares: [{ count: 3, from: '07:00' }] },
  });
  const shown = (await well('collection show Pool')).out;
  expect(shown).toMatch(/office, version 12/);
  expect(shown).toMatch(/mon-fri 07:00-18:00 3; otherwise 0; Europe\/Berlin/);
  await well('collection update Pool --vm-version follow --vm-spares none --vm-cpus 4');
  const { vm } = await pool();
  expect(vm).toMatchObject({ spares: [], cpus: 4 });
  expect(vm).not.toHaveProperty('version');
  const bad = await run('collection update Pool --vm-spares "mon-fri 7-18 3"');
  expect(bad).toMatchObject({ code: 2 });
  expect(bad.err).toMatch(/mon-fri 07:00-18:00 5/);
  const zone = await run('collection update Pool --vm-time-zone Nowhere/Land');
  expect(zone.err).toMatch(/no time zone/);
  await well('collection update Pool --no-vm --max-sessions none');
  expect(await pool()).toMatchObject({ vm: {}, maxSessions: null });
});

it('completes names of environments, drivers and secrets', async () => {
  const complete = async (...typed: readonly string[]) => (await atelier.run(['__complete', '--', ...typed])).out;
  expect(await complete('environment', 'show', 'e')).toMatch(/^elsewhere$/m);
  expect(await complete('environment', 'add', 'x', '--driver', 'wake')).toMatch(/^wake-on-lan$/m);
  expect(await complete('environment', 'secret', 'rack', 'ss')).toMatch(/^ssh-key$/m);
  expect(await complete('collection', 'update', 'Pool', '--vm-environment', 'he')).toMatch(/^here$/m);
});
