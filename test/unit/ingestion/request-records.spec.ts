import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { bodyOf, MAX_BODY_BYTES, MAX_RECORDS, recordsOf } from '../../../src/ingestion/request-records';

const textsOf = async (body: string, type?: string) =>
  (await recordsOf(Buffer.from(body), type)).map((value) => Buffer.from(value).toString());

describe('records of a request', () => {
  it('keep their very bytes, alone or one a line', async () => {
    expect(await textsOf('{"id": 12345678901234567890}')).toEqual(['{"id": 12345678901234567890}']);
    expect(await textsOf('{"a": 1.0}\r\n\n{"b": 2}', 'application/x-ndjson')).toEqual(['{"a": 1.0}', '{"b": 2}']);
  });

  it('are no more than there may be', async () => {
    await expect(textsOf(`[${'1,'.repeat(MAX_RECORDS)}1]`)).rejects.toMatchObject({ status: 413 });
  });

  it('are refused as an array when one is nested too deeply to be written, and taken as lines', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    await expect(textsOf(`[${deep}]`)).rejects.toMatchObject({ status: 400 });
    expect(await textsOf(deep, 'application/x-ndjson')).toEqual([deep]);
  });

  it('are refused before the whole of a body that is too large has been read', async () => {
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += 1_048_576;
          yield Buffer.alloc(1_048_576);
        }
      })(),
    );
    await expect(bodyOf(endless as unknown as IncomingMessage)).rejects.toThrow(HttpException);
    expect(given).toBeLessThan(2 * MAX_BODY_BYTES);
  });
});
