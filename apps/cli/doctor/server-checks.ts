import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { chooseServer, connect, type ServerChoice } from '../connection/connect.ts';
import { openContextStore } from '../connection/context-store.ts';
import { fetchAuthority } from '../connection/trust.ts';
import { explainFailure } from '../failure/explain-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Check, type Finding, ok, skipped } from './finding.ts';

const answersAt = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = tcpConnect({ host, port, timeout: 3000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

const checkPort: Check = async () => {
  const port = Number(process.env.ATELIER_PORT || 8443);
  if (!(await answersAt('127.0.0.1', port))) return ok('port', `${port} is free on this machine`);
  const ours = await fetchAuthority(`https://127.0.0.1:${port}`).then(
    () => true,
    () => false,
  );
  if (ours) return ok('port', `the server listens at ${port}`);
  return {
    check: 'port',
    state: 'error',
    detail: `${port} is taken by another program`,
    cause: 'only one program can listen at a port',
    fix: `stop it (ss -ltnp sport = :${port} names it), or take another: atelier up --port 9443`,
  };
};

/** The dates of the certificate that the server shows, if it is trusted. */
function certificateOf(choice: ServerChoice): Promise<{ until: Date } | { error: string }> {
  const { hostname, port } = new URL(choice.server);
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const servername = /^[\d.]+$|:/.test(host) ? undefined : host;
    const socket = tlsConnect({
      host,
      port: Number(port || 443),
      servername,
      ca: choice.ca ?? undefined,
      timeout: 5000,
    });
    const end = (answer: { until: Date } | { error: string }) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('secureConnect', () => end({ until: new Date(socket.getPeerCertificate().valid_to) }));
    socket.once('error', (error) => end({ error: error.message }));
    socket.once('timeout', () => end({ error: 'no answer for 5 s' }));
  });
}

async function checkTls(choice: ServerChoice): Promise<Finding> {
  const found = await certificateOf(choice);
  if ('error' in found)
    return {
      check: 'tls',
      state: 'error',
      detail: `${choice.server}: ${found.error}`,
      cause: 'the server is stopped, or its certificate is not one that this context trusts',
      fix: 'start it, or sign in again with the right authority: atelier login --ca FINGERPRINT',
    };
  const days = Math.floor((found.until.getTime() - Date.now()) / 86_400_000);
  if (days >= 7) return ok('tls', `trusted, valid until ${formatTime(found.until.toISOString())}`);
  return {
    check: 'tls',
    state: 'warning',
    detail: `the certificate ends in ${days} days`,
    cause:
      'the server renews its own certificate by itself; one that was given to it must be renewed by whoever gave it',
    fix: 'look at the server’s log; for a given certificate put new files in place and restart',
  };
}

async function checkServer(choice: ServerChoice, signal: AbortSignal): Promise<readonly Finding[]> {
  const connection = connect(choice);
  try {
    const sent = Date.now();
    const answer = await connection.open({ method: 'GET', path: '/readyz', headers: {}, signal });
    let text = '';
    for await (const chunk of answer) text += chunk;
    const skew = Math.abs(Date.parse(String(answer.headers.date)) - sent);
    const clock: Finding =
      skew < 120_000
        ? ok('clock', 'agrees with the server’s')
        : {
            check: 'clock',
            state: 'error',
            detail: `${Math.round(skew / 1000)} s apart from the server’s`,
            cause: 'signatures and certificates have times: with a wrong clock they are refused',
            fix: 'sudo timedatectl set-ntp true, on the one that is wrong',
          };
    const ready: Finding =
      answer.statusCode === 200
        ? ok('server', `${choice.server} is ready`)
        : {
            check: 'server',
            state: 'error',
            detail: `not ready: ${text.slice(0, 500)}`,
            cause: 'one of its checks fails',
            fix: 'read the server’s log',
          };
    return [ready, clock];
  } catch (error) {
    const { text } = explainFailure(error);
    return [{ check: 'server', state: 'error', detail: text.detail ?? text.title, cause: text.cause, fix: text.fix }];
  } finally {
    connection.close();
  }
}

async function checkRepository(choice: ServerChoice): Promise<Finding> {
  if (!choice.secret) return skipped('repository', 'sign in to see it: atelier login');
  const connection = connect(choice);
  try {
    const { lastFsck, url } = await connection.api.images.repository();
    if (!lastFsck) return ok('repository', `${url}, never checked (atelier image fsck)`);
    if (lastFsck.findings.length === 0) return ok('repository', `${url}, whole at ${formatTime(lastFsck.at)}`);
    return {
      check: 'repository',
      state: 'error',
      detail: lastFsck.findings.map((one) => `${one.file}: ${one.detail}`).join('; '),
      cause: 'files were changed or lost outside of Atelier',
      fix: 'restore them from a copy, or import the version again; then: atelier image fsck',
    };
  } catch (error) {
    const { text } = explainFailure(error);
    return skipped('repository', text.detail ?? text.title);
  } finally {
    connection.close();
  }
}

const checkChosenServer =
  (context: string | undefined): Check =>
  async (signal) => {
    let choice: ServerChoice;
    try {
      choice = chooseServer({ context }, openContextStore());
    } catch {
      return skipped('server', 'none is known yet: atelier up starts one, atelier login signs in to one');
    }
    return [await checkTls(choice), ...(await checkServer(choice, signal)), await checkRepository(choice)];
  };

/** What can be said of the server that commands speak to. */
export const serverChecks = (context: string | undefined): readonly Check[] => [checkPort, checkChosenServer(context)];
