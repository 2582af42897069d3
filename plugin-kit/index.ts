export type * from './src/cim-provider.ts';
export type * from './src/operation-context.ts';
export type * from './src/resource-provider.ts';
export type * from './src/shell-provider.ts';
