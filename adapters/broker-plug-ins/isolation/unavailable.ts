/** A plug-in could not be asked: its thread or process is being started again, or too much waits for it. Nothing that says it is bad. */
export class PlugInUnavailableError extends Error {
  override readonly name = 'PlugInUnavailableError';
}
