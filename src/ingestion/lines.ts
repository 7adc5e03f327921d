import { ConfigError } from '../core/errors';

/** A line of the input, counted from 1, without its end. */
export interface Line {
  readonly line: number;
  readonly value: Uint8Array;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** What no record may exceed; an input without any newline would otherwise fill the memory. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/** The lines of a stream in batches, one for each chunk. Empty lines are left out. Throws ConfigError for an endless line. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}

class LineSplitter {
  private line = 1;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;

  push(chunk: Uint8Array): readonly Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.finish(chunk.subarray(start, end), lines);
      start = end + 1;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start));
    return lines;
  }

  end(): readonly Line[] {
    const lines: Line[] = [];
    if (this.pendingBytes > 0) this.finish(new Uint8Array(), lines);
    return lines;
  }

  private hold(part: Uint8Array): void {
    this.pending.push(part);
    this.pendingBytes += part.length;
    if (this.pendingBytes > MAX_LINE_BYTES) {
      throw new ConfigError(`line ${this.line}: it has more than ${MAX_LINE_BYTES} bytes; one record a line is needed`);
    }
  }

  private finish(last: Uint8Array, into: Line[]): void {
    let value = last;
    if (this.pending.length > 0) {
      value = Buffer.concat([...this.pending, last]);
      this.pending = [];
      this.pendingBytes = 0;
    }
    if (value.at(-1) === RETURN) value = value.subarray(0, -1);
    if (this.line === 1) value = withoutByteOrderMark(value);
    if (value.length > 0) into.push({ line: this.line, value });
    this.line += 1;
  }
}

function withoutByteOrderMark(value: Uint8Array): Uint8Array {
  return value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf ? value.subarray(3) : value;
}
