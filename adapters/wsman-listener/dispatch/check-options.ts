import { fault, type Option } from '@atelier/wsman';

/** Refuses an option that must be complied with and that nobody knows (DSP0226 §6.4). Names compare without case. */
export function checkOptions(options: readonly Option[], known: readonly string[]): void {
  for (const one of options)
    if (one.mustComply && !known.some((name) => name.toLowerCase() === one.name.toLowerCase()))
      throw fault('optionsNotSupported', { reason: `the option ${one.name} is not supported` });
}
