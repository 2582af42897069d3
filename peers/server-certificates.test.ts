import { webcrypto, X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import { copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { serverConfig, startServer } from '@atelier/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
beforeAll(async () => {
  test = await testServer();
});
afterAll(() => test.stop());

/** The certificate that a server shows. */
const shownBy = (url: string, ca: string): Promise<PeerCertificate> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', servername: 'localhost', ca }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
async function keyPair() {
  const pair = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey as webcrypto.CryptoKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { pair, key };
}

/** A key with a signing request that asks for more than it should get. */
async function greedyRequest() {
  const lib = await import('@peculiar/x509');
  const { pair, key } = await keyPair();
  const request = await lib.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=somebody-else, O=Evil',
    keys: pair,
    signingAlgorithm: algorithm,
    extensions: [
      new lib.BasicConstraintsExtension(true, 5, true),
      new lib.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  });
  return { key, csr: request.toString('pem') };
}

const facts = { name: 'laptop', os: 'Debian 12', ramMiB: 8192, accelerator: 'tcg', clientVersion: '0.1.0' };
async function enrol() {
  const { key, csr } = await greedyRequest();
  const token = await test.server.createEnrollmentToken();
  const answer = await test.anonymous.post('/api/v1/device/enroll', { token, csr, facts });
  return { answer, key, cert: answer.body.certificate as string, id: answer.body.endpointId as string };
}

describe('the own authority', () => {
  it('is kept where only its owner reads it, and signs a certificate for this machine', async () => {
    const keys = join(test.stateDir, 'keys');
    for (const name of ['ca.key', 'server.pem', 'secrets.key'])
      expect([name, ((await stat(join(keys, name))).mode & 0o777).toString(8)]).toEqual([name, '600']);
    const root = new X509Certificate(test.server.ca);
    expect([root.ca, root.verify(root.publicKey)]).toEqual([true, true]);
    const shown = await shownBy(test.server.url, test.server.ca);
    for (const name of ['DNS:localhost', 'IP Address:127.0.0.1']) expect(shown.subjectaltname).toContain(name);
    const served = await test.anonymous.get('/api/v1/ca.pem');
    expect(served.text).toBe(test.server.ca);
  });

  it('gives endpoints a certificate that is theirs, whatever they asked for, and nothing after revocation', async () => {
    const { answer, key, cert, id } = await enrol();
    expect(answer.status).toBe(201);
    const certificate = new X509Certificate(cert);
    expect(certificate.subject).toBe(`CN=${id}`);
    expect([certificate.ca, certificate.subjectAltName, certificate.keyUsage]).toEqual([
      false,
      undefined,
      // Client, and server for its peers; without a name it can pass for no host.
      ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'],
    ]);
    const device = new Caller(test.server.url, test.server.ca, {}, { key, cert });
    expect((await device.get('/api/v1/device/repository')).status).toBe(200);
    // A computer is not a person.
    expect((await device.get('/api/v1/users')).status).toBe(403);
    expect((await device.get('/api/v1/session')).body.code).toBe('people.not-signed-in');
    expect((await test.owner.post(`/api/v1/endpoints/${id}/revoke`)).status).toBe(200);
    expect((await device.get('/api/v1/device/repository')).body.code).toBe('endpoint.certificate');
  });

  it('knows a certificate of somebody else’s authority for what it is', async () => {
    const { id } = await enrol();
    const lib = await import('@peculiar/x509');
    const { pair, key } = await keyPair();
    const forged = await lib.X509CertificateGenerator.createSelfSigned({
      name: `CN=${id}`,
      keys: pair,
      signingAlgorithm: algorithm,
      notAfter: new Date(Date.now() + 86_400_000),
    });
    const device = new Caller(test.server.url, test.server.ca, {}, { key, cert: forged.toString('pem') });
    expect((await device.get('/api/v1/device/repository')).body.code).toBe('endpoint.certificate');
  });

  it('refuses what is no signing request', async () => {
    const { csr } = await greedyRequest();
    const middle = Math.floor(csr.length / 2);
    const flipped = `${csr.slice(0, middle)}${csr[middle] === 'A' ? 'B' : 'A'}${csr.slice(middle + 1)}`;
    for (const bad of ['', 'hello', flipped, csr.slice(0, 100)]) {
      const token = await test.server.createEnrollmentToken();
      const answer = await test.anonymous.post('/api/v1/device/enroll', { token, csr: bad, facts });
      expect([bad.slice(0, 20), answer.status, answer.body.code]).toEqual([bad.slice(0, 20), 400, 'request.invalid']);
    }
  });
});

describe('a configured certificate', () => {
  it('is used, and exchanged without a restart', async () => {
    const lib = await import('@peculiar/x509');
    const [certificatePath, keyPath] = [join(test.stateDir, 'own.pem'), join(test.stateDir, 'own.key')];
    const make = async (name: string) => {
      const { pair, key } = await keyPair();
      const made = await lib.X509CertificateGenerator.createSelfSigned({
        name: `CN=${name}`,
        keys: pair,
        signingAlgorithm: algorithm,
        notAfter: new Date(Date.now() + 86_400_000),
        extensions: [new lib.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
      });
      await writeFile(`${certificatePath}.new`, made.toString('pem'));
      await copyFile(`${certificatePath}.new`, certificatePath);
      await writeFile(keyPath, key);
      return made.toString('pem');
    };
    const first = await make('first');
    const { stateDir, database } = test;
    const own = { tlsCertificate: certificatePath, tlsKey: keyPath };
    const server = await startServer(
      serverConfig({ stateDir, databaseUrl: database.url, port: 0, logLevel: 'silent', ...own }, {}),
    );
    try {
      expect((await shownBy(server.url, first)).subject.CN).toBe('first');
      const second = await make('second');
      await server.renewCertificate();
      expect((await shownBy(server.url, second)).subject.CN).toBe('second');
      // Endpoints are still known by the own authority.
      expect(server.ca).toBe(test.server.ca);
    } finally {
      await server.stop();
    }
  });
});
