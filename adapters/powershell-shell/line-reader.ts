/** Divides bytes that come in pieces into lines. The function returned throws for a line longer than `maxBytes`. */
export function lineReader(maxBytes: number, take: (line: string) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end);
      if (length + piece.length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
      const line = length > 0 ? Buffer.concat([...waiting, piece]) : piece;
      waiting = [];
      length = 0;
      from = end + 1;
      take(line.toString('utf8').trim());
    }
    if (from === chunk.length) return;
    waiting.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
  };
}
