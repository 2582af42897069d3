import { isSpnegoError } from '../spnego-error.ts';

/** The code of the SpnegoError that `work` ends with, `accepted` if it ends well, and the error itself if it is another one. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return isSpnegoError(error) ? error.code : error;
  }
  return 'accepted';
}
