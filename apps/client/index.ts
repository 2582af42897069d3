export { type ClientOptions, type RunningClient, startClient } from './start-client.ts';
export { stateLayout } from './state/state-layout.ts';
