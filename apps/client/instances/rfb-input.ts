/**
 * Finds out whether a person does something, from what a VNC viewer sends (RFC 6143 §7.5): keys, pointer, clipboard.
 * Feed it the viewer's bytes; it says whether there was input among them. Messages that it does not know count as input
 * from then on: better never locked than locked while somebody works.
 */
export function rfbInputWatch(): (bytes: Uint8Array) => boolean {
  // The handshake of a server without password: version (12 bytes), security type (1), shared flag (1).
  let toSkip = 14;
  /** The beginning of a message whose length cannot be told yet; a dozen bytes at most. */
  let pending: Uint8Array = new Uint8Array();
  let blind = false;
  return (bytes) => {
    let input = blind;
    let data = Buffer.concat([pending, bytes]);
    pending = new Uint8Array();
    while (!blind) {
      const skipped = Math.min(toSkip, data.length);
      toSkip -= skipped;
      data = data.subarray(skipped);
      if (data.length === 0) break;
      const message = messageIn(data);
      if (message === 'incomplete') {
        pending = Uint8Array.from(data);
        break;
      }
      if (message === 'unknown') {
        blind = true;
        input = true;
        break;
      }
      input ||= message.input;
      toSkip = message.length;
    }
    return input;
  };
}

type Message = { readonly length: number; readonly input: boolean } | 'incomplete' | 'unknown';

function messageIn(bytes: Buffer): Message {
  const fixed = (length: number, input = false): Message => ({ length, input });
  const counted = (at: number, size: 1 | 2 | 4, head: number, each: number, input = false): Message => {
    if (bytes.length < at + size) return 'incomplete';
    return { length: head + Math.abs(size === 4 ? bytes.readInt32BE(at) : bytes.readUIntBE(at, size)) * each, input };
  };
  switch (bytes[0]) {
    case undefined:
      return 'incomplete';
    case 0: // SetPixelFormat
      return fixed(20);
    case 2: // SetEncodings
      return counted(2, 2, 4, 4);
    case 3: // FramebufferUpdateRequest
      return fixed(10);
    case 4: // KeyEvent
      return fixed(8, true);
    case 5: // PointerEvent
      return fixed(6, true);
    case 6: // ClientCutText; a negative length is the extended form
      return counted(4, 4, 8, 1, true);
    case 150: // EnableContinuousUpdates
      return fixed(10);
    case 248: // ClientFence
      return counted(8, 1, 9, 1);
    case 251: // SetDesktopSize
      return counted(6, 1, 8, 16);
    case 255: // QEMU: extended key event (0), audio (1)
      if (bytes.length < 2) return 'incomplete';
      if (bytes[1] === 0) return fixed(12, true);
      return 'unknown';
    default:
      return 'unknown';
  }
}
