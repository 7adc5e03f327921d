import * as fc from 'fast-check';
import { linesOf } from '../../../src/ingestion/lines';

const utf8 = new TextDecoder();

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    yield await Promise.resolve(bytes.subarray(from, cut));
    from = cut;
  }
}

async function read(text: string, cuts: readonly number[] = []): Promise<[number, string][]> {
  const lines: [number, string][] = [];
  for await (const batch of linesOf(chunksOf(Buffer.from(text), cuts))) {
    for (const { line, value } of batch) lines.push([line, utf8.decode(value)]);
  }
  return lines;
}

describe('lines of a stream', () => {
  it('are numbered from 1, without their ends, empty ones left out', async () => {
    expect(await read('a\r\n\nb\n')).toEqual([
      [1, 'a'],
      [3, 'b'],
    ]);
  });

  it('include a last one without an end', async () => {
    expect(await read('a\nb')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('lose a byte order mark', async () => {
    expect(await read('\ufeff{"a":1}\n')).toEqual([[1, '{"a":1}']]);
  });

  it('are the same however the stream is cut', async () => {
    const text = 'हैदराबाद\r\n\nsecond\nthird, without an end';
    const bytes = Buffer.byteLength(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes }), { maxLength: 12 }), async (cuts) => {
        expect(
          await read(
            text,
            cuts.sort((a, b) => a - b),
          ),
        ).toEqual(await read(text));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
