export { Asn1Error, type Asn1ErrorCode } from './src/asn1-error.ts';
export { DerReader, readDer } from './src/der-reader.ts';
export { type DerLimits, derLimits } from './src/limits.ts';
export { derLength } from './src/read-header.ts';
export { application, context, tag } from './src/tag.ts';
export * as der from './src/write.ts';
