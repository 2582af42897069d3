import { createHash, X509Certificate } from 'node:crypto';
import { createCimEngine } from '@atelier/adapters/cim-engine';
import { commandShell } from '@atelier/adapters/command-shell';
import { createHardwareProviders, lanController } from '@atelier/adapters/hardware-inventory';
import { createLinuxHost, createLinuxInventory } from '@atelier/adapters/linux-inventory';
import { startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IpmiSim, simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';
import { type LifecycleServer, lifecycleServer } from './lifecycle/running-server.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { commandFault, commandLines, inspect, settled, signIn, visit } from './support/console.ts';

let given: LifecycleServer;
let browser: TestBrowser;
let sim: IpmiSim;
let agent: TestAgent;
let id: string;

beforeAll(async () => {
  buildConsole();
  [given, sim] = await Promise.all([lifecycleServer(), startIpmiSim()]);
  const { user, password } = simUser;
  const blade = lanController('blade-2', { host: '127.0.0.1', port: sim.port, user }, async () => ({ password }));
  const engine = createCimEngine([createLinuxInventory(createLinuxHost()), ...createHardwareProviders(() => [blade])]);
  agent = await startTestAgent({ providers: [engine], shells: [commandShell({})] });
  browser = await startBrowser();
  await signIn(browser, given, 'owner');
  // Asking who one is, before signing in, is answered 401.
  browser.complaints.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await agent?.stop();
  await sim?.stop();
  await given?.stop();
});

const at = (path: string) => given.server.url + path;

describe('hosts in the console', () => {
  it('begin empty, and are added by one command', async () => {
    const { page } = browser;
    await visit(browser, at('/hosts'));
    await page.getByText('No host yet').waitFor();
    await inspect(browser, 'hosts-empty');
    await page.getByRole('button', { name: 'Add a Linux host' }).first().click();
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page.getByText('agent install --server').waitFor();
    await inspect(browser, 'hosts-invite');
    const line = (await commandLines(browser)).find((one) => one.includes('install'));
    expect([line, commandFault(line!)]).toEqual([expect.stringContaining('--token ath_'), null]);
  });

  it('are registered by a form that says what is wrong', async () => {
    const { page } = browser;
    await visit(browser, at('/hosts?add=register'));
    await page.getByLabel('Name').fill('web-1');
    await page.getByLabel('Address').fill('ftp://web-1');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByText('an address like https://name:5986/wsman').waitFor();
    await page.getByLabel('Address').fill(agent.https);
    await page.getByRole('combobox', { name: 'Signs in by' }).click();
    await page.getByRole('option', { name: /Basic/ }).click();
    await page.getByLabel('User on the host').fill('admin');
    await page.getByLabel(/^Password/).fill('Secret-1');
    await page.getByRole('combobox', { name: 'Trusts' }).click();
    await page.getByRole('option', { name: /fingerprint/ }).click();
    const sha256 = createHash('sha256').update(new X509Certificate(agent.tls.cert).raw).digest('hex');
    await page.getByLabel('SHA-256').fill(sha256);
    await inspect(browser, 'hosts-register');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'web-1' }).waitFor();
    id = /hosts\/(\w+)/.exec(page.url())![1]!;
    // The change stream brings what the first contact found.
    await page.getByText('Debian GNU/Linux').first().waitFor();
    await inspect(browser, 'host-overview');
  });

  it('show services, processes, software and hardware as the host has them', async () => {
    const { page } = browser;
    for (const [tab, text] of [
      ['processes', 'node'],
      ['software', 'coreutils'],
      ['hardware', '32 degrees C'],
      ['services', /rows|nothing here/],
      ['events', /./],
    ] as const) {
      await visit(browser, at(`/hosts/${id}/${tab}`));
      await page.getByText(text).first().waitFor();
      await settled(browser);
      await inspect(browser, `host-${tab}`);
    }
    await visit(browser, at(`/hosts/${id}/processes`));
    await page.getByLabel('Filter Processes').fill('no such process');
    await page.getByText('Nothing matches').waitFor();
  });

  it('are switched off by their management controller, after a question', async () => {
    const { page } = browser;
    await visit(browser, at(`/hosts/${id}/hardware`));
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('Off', { exact: true }).waitFor();
    expect(await sim.orders()).toContain('set power 0');
  });

  it('open a shell that a keyboard can enter and leave', async () => {
    const { page } = browser;
    await visit(browser, at(`/hosts/${id}/shell`));
    await page.getByText('connected').waitFor();
    await page.keyboard.type('echo $((6*7))-answer\n');
    await page.locator('.xterm-rows, .xterm-accessibility').getByText('42-answer').first().waitFor();
    await inspect(browser, 'host-shell');
    await page.keyboard.press('Shift+Escape');
    expect(await page.evaluate(() => document.activeElement?.closest('.xterm') === null)).toBe(true);
    await page.locator('.xterm textarea').focus();
    await page.keyboard.type('exit\n');
    await page.getByText('ended (0)').waitFor();
  });

  it('complain about nothing', () => {
    expect(browser.complaints).toEqual([]);
  });
});
