export { type Lab, openLab } from './lab.ts';
export { requireStartable } from './require-startable.ts';
export { zstdBomb } from './zstd-bomb.ts';
