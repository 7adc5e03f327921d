import { referenceRecordOf } from '../../../../src/core/lookup/reference-record';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';

function record(key: string | Uint8Array | null, value: string | Uint8Array | null): SourceRecord {
  const bytes = (content: string | Uint8Array | null): Uint8Array | null =>
    typeof content === 'string' ? Buffer.from(content) : content;
  return { offset: 5n, timestampMs: 1_600_000_000_000, key: bytes(key), value: bytes(value) };
}

const since = { timeField: 'since', historyMs: 1 };

describe('a record of a reference topic', () => {
  it('is the entry of its key, in JSON', () => {
    expect(referenceRecordOf(record('s1', '{"threshold":5}'), undefined)).toEqual({
      ...{ key: 's1', value: { threshold: 5 }, timeMs: 1_600_000_000_000, offset: 5n },
    });
  });

  it('is plain text when it is no JSON', () => {
    expect(referenceRecordOf(record('s1', 'Beijing'), undefined).value).toBe('Beijing');
  });

  it('deletes the entry when it has no value, at the time of its timestamp', () => {
    expect(referenceRecordOf(record('s1', null), since)).toMatchObject({
      ...{ value: undefined, timeMs: 1_600_000_000_000 },
    });
  });

  it('holds from the time in its field on', () => {
    const { timeMs } = referenceRecordOf(record('s1', '{"since":"2020-01-01T00:00:00Z"}'), since);
    expect(timeMs).toBe(Date.UTC(2020, 0, 1));
  });

  it('may have any timestamp where time plays no part', () => {
    const never = { ...record('a', '1'), timestampMs: -1 };
    expect(referenceRecordOf(never, undefined)).toMatchObject({ key: 'a', value: 1 });
    expect(() => referenceRecordOf(never, { timeField: undefined, historyMs: 1 })).toThrow(
      /timestamp -1 is not between/,
    );
  });

  it.each([
    ['no key', record(null, '{}'), undefined, 'the record has no key'],
    ['a key that is no text', record(Uint8Array.of(0xff), '{}'), undefined, 'the key is no UTF-8 text'],
    ['a value that is no text', record('a', Uint8Array.of(0xff)), undefined, 'the value is no UTF-8 text'],
    ['no time', record('a', '{}'), since, 'time field "since" is missing'],
    ['plain text in place of fields', record('a', 'x'), since, 'time field "since" is missing'],
    ['a wrong time', record('a', '{"since":"noon"}'), since, 'time field "since": "noon" is no time'],
  ])('is refused with %s', (_what, refused, pointInTime, message) => {
    expect(() => referenceRecordOf(refused, pointInTime)).toThrow(message);
  });
});
