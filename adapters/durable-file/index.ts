export { readIfThere, syncFolder, writeDurably } from './durable-file.ts';
