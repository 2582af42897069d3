export { type Controller, createControllerPool } from './controller-pool.ts';
export { hardwareEventLog } from './event-log-stream.ts';
export * from './find-controllers.ts';
export * from './hardware-providers.ts';
