/** Length of a fragment's header: object id, fragment id, flags, length (MS-PSRP 2.2.4). */
const headerLength = 21;

interface Fragment {
  readonly start: boolean;
  readonly end: boolean;
  readonly blob: Buffer;
  /** Where the next fragment begins. */
  readonly next: number;
}

function fragmentAt(bytes: Buffer, at: number): Fragment | null {
  if (bytes.length - at < headerLength) return null;
  const flags = bytes[at + 16]!;
  const next = at + headerLength + bytes.readUInt32BE(at + 17);
  if (next > bytes.length) return null;
  return { start: (flags & 1) !== 0, end: (flags & 2) !== 0, blob: bytes.subarray(at + headerLength, next), next };
}

/** How many bytes of whole fragments fit into `most`; 0 when not even the first does. Clients cannot put a divided fragment together. */
export function wholeFragments(bytes: Buffer, most: number): number {
  if (bytes.length <= most) return bytes.length;
  let fitting = 0;
  for (let one = fragmentAt(bytes, 0); one && one.next <= most; one = fragmentAt(bytes, one.next)) fitting = one.next;
  return fitting;
}

const pipelineState = 0x00041006;
const messageHeader = 40;
const maxStateMessage = 1024 * 1024;

/** Whether a message that begins so can be a PIPELINE_STATE: its type may not have come whole. */
const mayBeState = (message: Buffer): boolean => message.length < 8 || message.readUInt32LE(4) === pipelineState;

/** Whether a PIPELINE_STATE (MS-PSRP 2.2.2.21) says stopped, completed or failed. One too long to be kept ends with an error: then it is over, too. */
function isFinal(message: Buffer, whole: boolean): boolean {
  if (!mayBeState(message)) return false;
  const states = [...message.toString('utf8', messageHeader).matchAll(/<I32 N="PipelineState">(\d+)<\/I32>/g)];
  const last = states.at(-1)?.[1];
  return last === undefined ? !whole : last === '3' || last === '4' || last === '5';
}

/** Looks at what a pipeline sends, in order; true once its last message has gone by. Fragments that make no sense pass unread. */
export function pipelineEnd(): (bytes: Buffer) => boolean {
  let kept: Buffer[] | null = null;
  let length = 0;
  return (bytes) => {
    let over = false;
    for (let one = fragmentAt(bytes, 0); one; one = fragmentAt(bytes, one.next)) {
      if (one.start) {
        kept = mayBeState(one.blob) ? [] : null;
        length = 0;
      }
      if (!kept) continue;
      if (length < maxStateMessage) kept.push(one.blob);
      length += one.blob.length;
      if (!one.end) continue;
      over ||= isFinal(Buffer.concat(kept), length <= maxStateMessage);
      kept = null;
    }
    return over;
  };
}
