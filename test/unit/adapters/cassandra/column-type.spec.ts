import { types } from 'cassandra-driver';
import { columnType } from '../../../../src/adapters/cassandra/column-type';
import type { UserTypes } from '../../../../src/adapters/cassandra/table-schema';
import type { JsonValue } from '../../../../src/core/json';

function codecOf(type: string, userTypes?: UserTypes) {
  const answer = columnType(type, userTypes);
  if (!('codec' in answer)) throw new Error(answer.refused);
  return answer.codec;
}

describe('columnType', () => {
  it.each<[string, JsonValue, unknown]>([
    ['text', 'हैदराबाद', 'हैदराबाद'],
    ['text', 12.5, '12.5'],
    ['text', true, 'true'],
    ['text', [{ value: 'a', count: 2 }], '[{"value":"a","count":2}]'],
    ['int', -2_147_483_648, -2_147_483_648],
    ['int', '42', 42],
    ['bigint', 9_007_199_254_740_991, 9_007_199_254_740_991n],
    ['bigint', '1384300800000004', 1_384_300_800_000_004n],
    ['varint', '-12345678901234567890', -12_345_678_901_234_567_890n],
    ['double', -0.5, -0.5],
    ['boolean', false, false],
    ['timestamp', '2013-01-01T00:00:00.000Z', new Date(1_356_998_400_000)],
    ['timestamp', 1_356_998_400_000, new Date(1_356_998_400_000)],
    ['date', '2012-02-29', types.LocalDate.fromString('2012-02-29')],
    ['frozen<list<int>>', [1, 2], [1, 2]],
    ['set<text>', ['a'], ['a']],
    ['map<text, frozen<list<bigint>>>', { a: [1] }, { a: [1n] }],
  ])('%s takes %j', (type, value, expected) => {
    expect(codecOf(type).encode(value)).toEqual(expected);
  });

  it.each<[string, JsonValue]>([
    ['int', 2_147_483_648],
    ['int', 1.5],
    ['int', '0x10'],
    ['int', true],
    ['bigint', '9223372036854775808'],
    ['double', '1.5'],
    ['boolean', 1],
    ['timestamp', 'yesterday'],
    ['timestamp', false],
    ['date', '2013-01-01T00:00:00Z'],
    ['date', '2013-13-01'],
    ['date', 15_000],
    ['uuid', 'none'],
    ['inet', 'localhost'],
    ['decimal', '1'],
    ['frozen<list<int>>', 'a'],
    ['map<text, int>', [1]],
  ])('%s refuses %j, naming type and value', (type, value) => {
    const encode = () => codecOf(type).encode(value);
    expect(encode).toThrow(RangeError);
    expect(encode).toThrow(JSON.stringify(value));
  });

  it.each([
    [1e-7, '0.0000001'],
    [1.25, '1.25'],
    [-3, '-3'],
    [1e21, '1000000000000000000000'],
  ])('writes %d as the decimal %s', (value, text) => {
    expect(String(codecOf('decimal').encode(value))).toBe(text);
  });

  it.each<[string, unknown, JsonValue]>([
    ['bigint', 42n, 42],
    ['bigint', 9_223_372_036_854_775_807n, '9223372036854775807'],
    ['timestamp', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['date', types.LocalDate.fromString('2013-01-31'), '2013-01-31'],
    ['map<text, bigint>', { a: 1n }, { a: 1 }],
  ])('gives back %s %p as JSON', (type, stored, value) => {
    expect(codecOf(type).decode(stored)).toEqual(value);
  });

  it.each([
    ['counter', 'type counter cannot be written to'],
    ['blob', 'type blob cannot be written to'],
    ['list<int>', 'make it frozen<list<int>>'],
    ['map<int, text>', 'cannot be written to'],
    ['frozen<address>', 'cannot be written to'],
    ['toString', 'cannot be written to'],
  ])('refuses %s and says what to use', (type, message) => {
    expect(columnType(type)).toEqual({ refused: expect.stringContaining(message) });
  });

  describe('types of one’s own', () => {
    const fields = (types: Readonly<Record<string, string>>) => Object.entries(types);
    const userTypes: UserTypes = new Map([
      ['device', fields({ type: 'text', os: 'text', age: 'int' })],
      ['pair', fields({ first: 'frozen<device>', rest: 'frozen<list<frozen<device>>>' })],
      ['odd', fields({ n: 'counter' })],
    ]);
    const ownCodec = (type: string) => codecOf(type, userTypes);

    it('take objects with their fields, of which missing ones are null', () => {
      expect(ownCodec('frozen<device>').encode({ os: 'iOS', age: 3 })).toEqual({ type: null, os: 'iOS', age: 3 });
      expect(ownCodec('frozen<device>').decode({ type: 'phone', os: null, age: 3 })).toEqual({
        ...{ type: 'phone', os: null, age: 3 },
      });
      const pair = { first: { type: 'a', os: null, age: null }, rest: [{ type: 'b', os: null, age: null }] };
      expect(ownCodec('frozen<pair>').encode(pair)).toEqual(pair);
    });

    it.each<[JsonValue]>([[{ os: 'iOS', model: 'X' }], ['phone'], [['phone']], [{ age: 1.5 }]])(
      'refuse %p rather than lose a part of it',
      (value) => {
        expect(() => ownCodec('frozen<device>').encode(value)).toThrow(RangeError);
      },
    );

    it.each([
      ['device', 'make it frozen<device>'],
      ['frozen<odd>', 'cannot be written to'],
    ])('refuse %s as a column', (type, message) => {
      expect(columnType(type, userTypes)).toEqual({ refused: expect.stringContaining(message) });
    });
  });
});
