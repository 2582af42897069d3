import { z } from 'zod';
import { BadResultError } from '../check-result.ts';
import type { LeftPage, PageRemovals } from '../filter-through.ts';

/** For each page the places that are removed, by reason; or null when the plug-in passed. */
const answerSchema = z
  .array(z.array(z.tuple([z.string().min(1).max(200), z.array(z.number().int().min(0)).max(500)])).max(500))
  .nullable();

/** What a filter that keeps its candidates answered, by the places of the pages. Throws BadResultError when it is no answer. */
export function readRemovals(answer: unknown, pages: readonly LeftPage[]): readonly PageRemovals[] | null {
  const parsed = answerSchema.safeParse(answer ?? null);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BadResultError(`its answer is none: ${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'unknown'}`);
  }
  if (parsed.data === null) return null;
  if (parsed.data.length !== pages.length)
    throw new BadResultError(`its answer is about ${parsed.data.length} pages, not ${pages.length}`);
  return parsed.data.map((groups, index) => {
    const { page } = pages[index]!;
    return groups.flatMap(([reason, places]) =>
      places.map((at) => {
        if (at >= page.length)
          throw new BadResultError(`it removed place ${at} of a page of ${page.length} candidates`);
        return { at, reason };
      }),
    );
  });
}
