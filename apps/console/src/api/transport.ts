import type { Transport } from '@atelier/api';

/** Told when any answer says that nobody is signed in any more. */
export const signedOut = new EventTarget();

/** The typed client's requests over the browser's fetch, with the session cookie. */
export const fetchTransport: Transport = async ({ method, path, headers, body, signal }) => {
  const answer = await fetch(path, {
    method,
    headers,
    body: body as BodyInit | undefined,
    signal,
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (answer.status === 401 && !path.endsWith('/session')) signedOut.dispatchEvent(new Event('signed-out'));
  return answer;
};
