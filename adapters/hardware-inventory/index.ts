export type { Controller } from './controller-pool.ts';
export * from './find-controllers.ts';
export * from './hardware-providers.ts';
