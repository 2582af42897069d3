export type * from './src/cim-class.ts';
export type * from './src/cim-instance.ts';
export type * from './src/cim-type.ts';
export type * from './src/cim-value.ts';
