export type * from './src/resource-reference.ts';
export * from './src/wsman-fault.ts';
export type * from './src/xml-element.ts';
