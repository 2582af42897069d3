/**
 * Asks the plug-ins below, and at last the broker itself, what they decide. It is asked once however often it is called, and its time does not count
 * against the caller's. Rejects when none of them found anything.
 */
export type Next<T> = () => Promise<T>;

/**
 * What a step gives: a value decides; `undefined` means "not mine", and the next plug-in is asked. A value that the broker cannot use (an unknown
 * target, one that is drained or of another collection) counts as a failure of the plug-in.
 */
export type Decision<T> = T | undefined | Promise<T | undefined>;
