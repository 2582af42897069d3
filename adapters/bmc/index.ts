export { type Patience, usualPatience } from './datagram-exchange.ts';
export * from './ipmi-transport.ts';
export * from './lan-transport.ts';
export * from './local-transport.ts';
export * from './read-event-log.ts';
export * from './read-fru.ts';
export * from './read-sensors.ts';
