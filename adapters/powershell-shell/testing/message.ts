/** Types of MS-PSRP messages that the tests build (2.2.1). */
export const messageTypes = {
  sessionCapability: 0x00010002,
  initRunspacePool: 0x00010004,
  runspacePoolState: 0x00021005,
  createPipeline: 0x00021006,
  pipelineOutput: 0x00041004,
  pipelineState: 0x00041006,
} as const;

/** One PSRP message (MS-PSRP 2.2.1) in fragments (2.2.4) of at most `most` bytes of message each. */
export function fragmented(objectId: number, type: number, xml: string, most = 32_768): Buffer {
  const head = Buffer.alloc(40);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(type, 4);
  const message = Buffer.concat([head, Buffer.from(xml)]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += most) {
    const blob = message.subarray(at, at + most);
    const header = Buffer.alloc(21);
    header.writeBigUInt64BE(BigInt(objectId), 0);
    header.writeBigUInt64BE(BigInt(pieces.length), 8);
    header[16] = (at === 0 ? 1 : 0) | (at + most >= message.length ? 2 : 0);
    header.writeUInt32BE(blob.length, 17);
    pieces.push(header, blob);
  }
  return Buffer.concat(pieces);
}

/** PIPELINE_STATE: 3 stopped, 4 completed, 5 failed. */
export const stateXml = (state: number): string =>
  `<Obj RefId="0"><MS><I32 N="PipelineState">${state}</I32></MS></Obj>`;
