import { request as httpsRequest } from 'node:https';
import { parseXml, textOf } from '@atelier/wsman';
import { request as httpRequest } from '../http/node-http.ts';

const longestAnswer = 64 * 1024;
const patienceMs = 20_000;

/** Whether an address can be delivered to: a web address. */
export const isDeliverable = (address: string): boolean =>
  ['http:', 'https:'].includes(URL.parse(address)?.protocol ?? '');

/** Posts one message to a sink. Throws unless the sink takes it; with `ack` it must say so in words. Credentials in the address are sent as Basic, over TLS only. */
export function postDelivery(
  address: string,
  body: Buffer,
  contentType: string,
  ack: boolean,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return new Promise((resolve, reject) => {
    const send = secure ? httpsRequest : httpRequest;
    const sent = send(url, {
      method: 'POST',
      headers: { 'Content-Type': contentType, 'Content-Length': body.length },
      ...(username && secure ? { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` } : {}),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > longestAnswer) sent.destroy(new Error('the answer of the sink is too long'));
        else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        if (status < 200 || status > 299) reject(new Error(`the sink answered with status ${status}`));
        else if (ack && !isAck(Buffer.concat(chunks))) reject(new Error('the sink did not acknowledge'));
        else resolve();
      });
    });
    sent.end(body);
  });
}

function isAck(bytes: Buffer): boolean {
  try {
    return textOf(parseXml(bytes)).includes('http://schemas.dmtf.org/wbem/wsman/1/wsman/Ack');
  } catch {
    return false;
  }
}
