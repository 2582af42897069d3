import { dialects } from './actions.ts';
import { fault } from './fault-table.ts';
import type { FragmentTransfer } from './request-headers.ts';

/** One step: a name as it stands, `*` for any, and the place among its equals, from 1. */
export interface FragmentStep {
  readonly name: string;
  readonly index: number | null;
}

/** A path of XPath 1.0 Level 1 (DSP0226 annex C), as far as fragments need it. */
export interface FragmentPath {
  /** It begins at the document: the first step names the resource's own element. */
  readonly absolute: boolean;
  readonly steps: readonly FragmentStep[];
  /** It ends in `text()`. */
  readonly text: boolean;
}

const step = /^(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*|\*)(?:\[\s*(?:position\(\)\s*=\s*)?([1-9]\d{0,8})\s*\])?$/;

/** Reads what a `FragmentTransfer` names. Throws FragmentDialectNotSupported, or CannotProcessFilter for a path that is none. */
export function readFragmentPath(fragment: FragmentTransfer): FragmentPath {
  if (fragment.dialect !== dialects.xpath && fragment.dialect !== dialects.xpathLevel1)
    throw fault('fragmentDialectRequestedUnavailable');
  const whole = fragment.path.trim();
  if (whole.length > 1024) throw fault('invalidFragmentPath');
  const absolute = whole.startsWith('/');
  const parts = (absolute ? whole.slice(1) : whole.replace(/^\.\//, '')).split('/').map((one) => one.trim());
  const text = parts.at(-1) === 'text()';
  const names = text ? parts.slice(0, -1) : parts;
  if (names.length === 0 || names.length > 16) throw fault('invalidFragmentPath');
  const steps = names.map((one): FragmentStep => {
    const found = step.exec(one);
    if (!found) throw fault('invalidFragmentPath');
    return { name: found[1]!, index: found[2] === undefined ? null : Number(found[2]) };
  });
  return { absolute, steps, text };
}
