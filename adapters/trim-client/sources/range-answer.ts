import { TrimError } from '@atelier/trim';
import { HttpFailure } from '../http-error.ts';
import type { Answer } from './source.ts';

/**
 * How many bytes of the body to pass over before the wanted ones: 0 for the right range, `at` where the whole file came.
 * Undefined when the answer is neither; throws when it is not even with `whole`, and `trim.pack-digest` when the server says
 * that the file is shorter than it has to be: asking again would not make it longer.
 */
export function startOfBody(
  answer: Answer,
  path: string,
  at: number,
  last: number,
  whole: boolean,
): number | undefined {
  const wrong = () =>
    new HttpFailure(new TrimError('trim.range-ignored', `${path}: the server does not give ranges rightly`), false);
  const encoded = (answer.headers['content-encoding'] ?? 'identity') !== 'identity';
  const total = answer.status === 206 ? contentRange(answer).total : lengthOf(answer);
  if (total !== undefined && total <= last && !encoded) {
    answer.discard();
    throw tooShort(path, total, last + 1);
  }
  if (answer.status === 206 && !encoded && !whole) {
    const { from, to } = contentRange(answer);
    if (from === at && to === last) return 0;
  }
  if (answer.status === 200 && !encoded && (whole || at === 0)) return at;
  if (whole) throw wrong();
  return undefined;
}

/** The stretch that an answer says it brings; NaN where it does not say. `total` is the file's length where it is told. */
export function contentRange({ headers }: Answer) {
  const [, from, to, all] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const total = all === undefined || all === '*' ? undefined : Number(all);
  return { from: Number(from), to: Number(to), total };
}

function lengthOf({ headers }: Answer): number | undefined {
  const told = headers['content-length'];
  return told === undefined ? undefined : Number(told);
}

/** Throws `trim.range-ignored` when a whole file came compressed, or in part. */
export function refuseEncoding(answer: Answer, path: string): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (answer.status === 200 && encoding === 'identity') return;
  answer.discard();
  throw new HttpFailure(
    new TrimError(
      'trim.range-ignored',
      `${path} came with content encoding ${encoding.slice(0, 20)}, status ${answer.status}`,
    ),
    false,
  );
}

export function cutOff(path: string, length: number): HttpFailure {
  return new HttpFailure(new TrimError('trim.network', `${path} was cut off after ${length} bytes`), true);
}

function tooShort(path: string, length: number, wanted: number): HttpFailure {
  return new HttpFailure(
    new TrimError(
      'trim.pack-digest',
      `${path} has ${length} bytes, its manifest says that there are ${wanted} or more`,
    ),
    false,
  );
}

export function tooLong(path: string, limit: number): HttpFailure {
  return new HttpFailure(
    new TrimError('trim.limits', `${path} is longer than the ${limit} bytes that are allowed`),
    false,
  );
}
