/** Why a folder of plug-ins cannot be used. */
export interface PlugInProblem {
  /** The folder; for a plug-in that comes with the broker, its name. */
  readonly source: string;
  /** What the plug-in is called, if that could be found out. */
  readonly plugIn: string | null;
  readonly error: Error;
  /** What to do about it. */
  readonly fix: string;
}

/** What a person does about an error of loading; the last one fits all. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /version of the interface/,
    'use a release of the plug-in that was written for the interface of this broker, or update the broker',
  ],
  [
    /can be written by others|neither file nor folder|belongs to/,
    'install it by "atelier broker add-plug-in", which copies it for its owner alone to write',
  ],
  [/a plug-in \S+ already/, 'give it another name in plugin.json, or take one of the two away'],
  [/EACCES|EPERM/, 'let the account that the broker runs as read the folder'],
  [/has no plugin\.json/, 'put a plugin.json there, as the template has one, or take the folder away'],
  [/the settings of/, 'correct its settings in the console, or by PUT /broker/plug-ins/NAME'],
];

/** The problem with what to do about it. `plugIn`: its name, if it is known. */
export function problemOf(source: string, plugIn: string | null, thrown: unknown): PlugInProblem {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = fixes.find(([said]) => said.test(error.message))?.[1];
  const fix = known ?? `see what is wrong by "atelier broker check-plug-in ${source}", and mend it there`;
  return { source, plugIn, error, fix };
}
