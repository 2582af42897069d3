export { readIfThere, writeDurably } from './durable-file.ts';
