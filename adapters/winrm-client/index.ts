export type * from './connection-options.ts';
export type { EnumerateOptions, ReferencedItem } from './enumerate.ts';
export { isWinrmError, type WinrmErrorCode, winrmErrors } from './errors.ts';
export {
  type GivenProperties,
  type GivenValue,
  type Properties,
  type PropertyValue,
  propertiesElement,
  propertiesOf,
  withProperties,
} from './property-values.ts';
export {
  aliases,
  expandAlias,
  type ResourceLocator,
  readSelectorText,
  resourceLocator,
  withFragment,
  withOption,
  withSelector,
} from './resource-locator.ts';
export { type Resource, Session } from './session.ts';
export type { RemoteCommand, SignalName } from './shell/remote-command.ts';
export type { CommandOptions, RemoteShell, RunOptions, RunResult, ShellOptions } from './shell/remote-shell.ts';
export type { EventBatch, PushOptions, PushSubscription, SubscribeOptions } from './subscribe.ts';
export { readTarget } from './target.ts';
export type { CallOptions } from './wsman-call.ts';
