import type { DeltaTable } from './delta-table.ts';
import type { FrameFetch, PlanCosts, RangeRequest } from './plan-types.ts';
import type { FrameTable } from './version-index.ts';

/**
 * Puts fetches into few ranged requests: neighbours in a file whose gap is smaller than what a request costs are asked for
 * together, up to the size of one request. Frames that are `verified` (1 by frame) are never read again, not even in a gap.
 */
export function coalesce(
  fetches: readonly FrameFetch[],
  frames: FrameTable,
  deltas: readonly { readonly table: DeltaTable }[],
  costs: PlanCosts = {},
  verified?: Uint8Array,
): readonly RangeRequest[] {
  const gap = costs.gap ?? 64 * 1024;
  const most = costs.request ?? 8 * 1024 * 1024;
  const requests: RangeRequest[] = [];
  const verifiedBefore = countBefore(frames.count, verified);
  let last = 0;
  let open: { request: RangeRequest; frames: FrameFetch[]; end: number } | undefined;
  const close = () => {
    if (open) requests.push({ ...open.request, length: open.end - open.request.offset, frames: open.frames });
  };
  const sorted = fetches
    .map((fetch) => ({ fetch, ...rangeOf(fetch, frames, deltas) }))
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.file - b.file || a.offset - b.offset);
  for (const { fetch, kind, file, offset, length } of sorted) {
    const fits =
      open &&
      open.request.kind === kind &&
      open.request.file === file &&
      offset - open.end < gap &&
      offset + length - open.request.offset <= most &&
      verifiedBefore[fetch.frame] === verifiedBefore[last];
    if (!open || !fits) {
      close();
      open = { request: { kind, file, offset, length, frames: [] }, frames: [], end: offset };
    }
    last = fetch.frame;
    open.frames.push(fetch);
    open.end = offset + length;
  }
  close();
  return requests;
}

/** Where a fetch lies: which file, and which bytes of it. */
export function rangeOf(
  fetch: FrameFetch,
  frames: FrameTable,
  deltas: readonly { readonly table: DeltaTable }[],
): Pick<RangeRequest, 'kind' | 'file' | 'offset' | 'length'> {
  if (fetch.kind === 'plain')
    return {
      kind: 'pack',
      file: frames.pack[fetch.frame] as number,
      offset: frames.offset[fetch.frame] as number,
      length: frames.length[fetch.frame] as number,
    };
  const { table } = deltas[fetch.delta] as { readonly table: DeltaTable };
  return {
    kind: 'delta',
    file: fetch.delta,
    offset: table.offset[fetch.row] as number,
    length: table.length[fetch.row] as number,
  };
}

/** By frame: how many marked ones come before it. */
function countBefore(count: number, marks: Uint8Array | undefined): Uint32Array {
  const before = new Uint32Array(count);
  for (let f = 1; f < count; f++) before[f] = (before[f - 1] as number) + (marks?.[f - 1] ?? 0);
  return before;
}
