export { type Lab, openLab } from './lab.ts';
