import type { ActionKey } from '../keyboard/keyboard.ts';

/** So many lines of a choice are seen at once, where the desktop has room for them. */
export const mostLines = 7;

/** What a choice has selected, and the line that it shows first. */
export interface ChoiceList {
  readonly selected: number;
  readonly first: number;
}

/** The lines from `first` on, moved as little as shows the selected one. */
export function selectIn(list: ChoiceList, selected: number, count: number, lines: number): ChoiceList {
  const bounded = Math.max(0, Math.min(Math.trunc(selected), count - 1));
  const least = bounded - lines + 1;
  const first = Math.max(0, Math.min(Math.max(list.first, least), bounded, Math.max(0, count - lines)));
  return bounded === list.selected && first === list.first ? list : { selected: bounded, first };
}

/** What a key makes of it. Up and down stop at the ends: a long press does not go round. */
export function keyInChoice(list: ChoiceList, key: ActionKey, count: number, lines: number): ChoiceList {
  const by = { up: -1, 'back-tab': -1, down: 1, tab: 1, home: -count, end: count }[key as string] ?? 0;
  return by === 0 ? list : selectIn(list, list.selected + by, count, lines);
}
