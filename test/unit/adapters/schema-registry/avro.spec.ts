import fc from 'fast-check';
import { avroDriver } from '../../../../src/adapters/schema-registry/avro/avro-driver';
import { SchemaError } from '../../../../src/adapters/schema-registry/schema-driver';
import { PoisonRecordError } from '../../../../src/core/errors';
import type { JsonValue } from '../../../../src/core/json';

const parse = (schema: unknown) => avroDriver.parse({ text: JSON.stringify(schema), uses: [] });
const recordOf = (type: unknown, more: object = {}) =>
  parse({ type: 'record', name: 'R', fields: [{ name: 'x', type, ...more }] });
const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more });

function back(type: unknown, x: JsonValue): unknown {
  const schema = recordOf(type);
  return schema.payloadReader(undefined)(schema.payloadWriter(undefined)({ x }))['x'];
}

function refusal(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    if (error instanceof PoisonRecordError) return [error.reason, error.message];
    throw error;
  }
  throw new Error('was taken');
}

describe('Avro', () => {
  it.each<[string, unknown, JsonValue]>([
    ['text of four bytes a letter', 'string', '𐍈🏭 مرحبا'],
    ['a long that is exact', 'long', Number.MAX_SAFE_INTEGER],
    ['a long beyond 2^53, as text', 'long', '9007199254740993'],
    ['the least long, as text', { type: 'long' }, '-9223372036854775808'],
    ['bytes, as base64', 'bytes', 'AAH/'],
    ['a fixed, as base64', { type: 'fixed', name: 'F', size: 2 }, 'AAE='],
    ['an enum', { type: 'enum', name: 'E', symbols: ['a', 'b'] }, 'b'],
    ['null of a union', ['null', 'string'], null],
    ['a union of types that look alike', ['null', 'int', 'double', { type: 'map', values: 'long' }], 2.5],
    [
      'a list of records',
      { type: 'array', items: { type: 'record', name: 'I', fields: [{ name: 'n', type: 'int' }] } },
      [{ n: 1 }, { n: 2 }],
    ],
    ['a map', { type: 'map', values: ['null', 'boolean'] }, { yes: true, none: null }],
    ['a decimal', logical('bytes', 'decimal', { precision: 9, scale: 2 }), -1234.56],
    ['a decimal of a fixed', logical('fixed', 'decimal', { name: 'D', size: 6, precision: 9, scale: 2 }), -0.05],
    [
      'a decimal of more digits than a double holds, as text',
      logical('bytes', 'decimal', { precision: 30, scale: 4 }),
      '12345678901234567.8901',
    ],
    ['a date', logical('int', 'date'), '1899-12-31'],
    ['a time', logical('int', 'time-millis'), '23:59:59.999'],
    ['a time in microseconds', logical('long', 'time-micros'), '00:00:00.000001'],
    ['a timestamp', logical('long', 'timestamp-millis'), '2024-02-29T23:59:59.123Z'],
    ['a timestamp before 1970', logical('long', 'timestamp-millis'), '1960-01-01T00:00:00.001Z'],
    ['a timestamp in microseconds', logical('long', 'timestamp-micros'), '2024-02-29T23:59:59.123456Z'],
    ['a timestamp in nanoseconds', logical('long', 'timestamp-nanos'), '2024-02-29T23:59:59.123456789Z'],
    ['a local timestamp', logical('long', 'local-timestamp-millis'), '2024-02-29T23:59:59.123'],
    ['a UUID', logical('string', 'uuid'), '6f1c3bd2-3d7c-4f2e-9a0a-0d6f4f3f2f11'],
    ['a UUID in 16 bytes', logical('fixed', 'uuid', { name: 'U', size: 16 }), '6f1c3bd2-3d7c-4f2e-9a0a-0d6f4f3f2f11'],
    ['a duration', logical('fixed', 'duration', { name: 'P', size: 12 }), { months: 1, days: 2, milliseconds: 3 }],
    ['a logical type that is not known, as what it is made of', logical('string', 'colour'), 'red'],
    ['one in a union', ['null', logical('long', 'timestamp-millis')], '2024-02-29T23:59:59.123Z'],
  ])('gives back %s', (_what, type, value) => {
    expect(back(type, value)).toEqual(value);
  });

  it('gives back any text, number and list', () => {
    const type = { type: 'array', items: ['null', 'boolean', 'double', 'string'] };
    const values = fc.array(
      fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: 'grapheme' }),
      ),
    );
    fc.assert(fc.property(values, (value) => expect(back(type, value)).toEqual(value)));
  });

  it('gives back a type that contains itself', () => {
    const tree = {
      type: 'record',
      name: 'T',
      fields: [
        { name: 'n', type: 'int' },
        { name: 'next', type: ['null', 'T'] },
      ],
    };
    expect(back(tree, { n: 1, next: { n: 2, next: null } })).toEqual({ n: 1, next: { n: 2, next: null } });
  });

  it('names the field that a value does not fit, and what would fit', () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'n', type: 'int' }] };
    const write = (type: unknown, x: JsonValue) => refusal(() => recordOf(type).payloadWriter(undefined)({ x }));
    expect(write(inner, { n: 2.5 })).toEqual(['bad-value', 'field "x.n" is 2.5; an integer of 32 bits is needed']);
    expect(write(inner, {})).toEqual(['bad-value', 'field "x.n" is missing; an integer of 32 bits is needed']);
    expect(write(['null', 'int'], 'a')).toEqual(['bad-value', 'field "x" is "a"; an integer of 32 bits is needed']);
    expect(write(logical('bytes', 'decimal', { precision: 3, scale: 1 }), 100)[1]).toContain(
      'a decimal of at most 3 digits',
    );
    expect(write(logical('int', 'date'), '2024-02-30')[1]).toContain('a date such as');
  });

  it('writes defaults for what is missing, and leaves out what the schema does not name', () => {
    const schema = recordOf('string', { default: 'none' });
    expect(schema.payloadReader(undefined)(schema.payloadWriter(undefined)({ y: 1 }))).toEqual({ x: 'none' });
  });

  it('refuses NaN and infinities, which no result can hold', () => {
    const payload = Buffer.alloc(8);
    for (const value of [NaN, Infinity, -Infinity]) {
      payload.writeDoubleLE(value);
      expect(refusal(() => recordOf('double').payloadReader(undefined)(payload))[0]).toBe('not-decodable');
    }
  });

  it('refuses text that is no UTF-8, and takes a replacement character that was written', () => {
    const read = recordOf('string').payloadReader(undefined);
    expect(refusal(() => read(Uint8Array.of(4, 0xff, 0xfe)))).toEqual([
      'not-decodable',
      'a text of the value is no UTF-8',
    ]);
    expect(back('string', 'a\uFFFDb')).toBe('a\uFFFDb');
  });

  it('refuses any other bytes with a poison error and nothing else', () => {
    const read = recordOf({
      type: 'array',
      items: ['null', 'string', 'double', logical('bytes', 'decimal', { precision: 4 })],
    }).payloadReader(undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
        try {
          read(payload);
        } catch (error) {
          expect(error).toBeInstanceOf(PoisonRecordError);
        }
      }),
    );
  });

  it.each([
    ['a list', { type: 'array', items: 'null' }],
    ['a list of texts', { type: 'array', items: 'string' }],
    ['a map', { type: 'map', values: 'double' }],
  ])('makes no room for more items of %s than the value has bytes', (_what, type) => {
    const aBillion = Uint8Array.of(0x80, 0xa8, 0xd6, 0xb9, 0x07);
    expect(refusal(() => recordOf(type).payloadReader(undefined)(aBillion))[1]).toMatch(
      /says that it has 1000000000 items/,
    );
  });

  it('refuses a value that is no record', () => {
    const text = parse('string');
    expect(refusal(() => text.payloadReader(undefined)(Uint8Array.of(2, 65)))[1]).toBe(
      'the value is text, an Avro record is needed',
    );
  });

  describe('read by another schema', () => {
    const writer = parse({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'x', type: 'int' },
        { name: 'old', type: 'string' },
      ],
    });
    const payload = writer.payloadWriter(undefined)({ x: 5, old: 'gone' });
    const readBy = (fields: readonly object[]) =>
      writer.payloadReader(parse({ type: 'record', name: 'R', fields }))(payload);

    it('widens numbers, fills in defaults and leaves out what it does not name', () => {
      const fields = [
        { name: 'x', type: 'double' },
        { name: 'new', type: ['null', 'long'], default: null },
      ];
      expect(readBy(fields)).toEqual({ x: 5, new: null });
    });

    it('refuses a field without a default that was not written, and another type', () => {
      expect(() => readBy([{ name: 'y', type: 'int' }])).toThrow(SchemaError);
      expect(() => readBy([{ name: 'x', type: 'string' }])).toThrow(SchemaError);
    });

    it('refuses another scale of a decimal, which would be another number', () => {
      const decimal = (scale: number) => recordOf(logical('bytes', 'decimal', { precision: 9, scale }));
      expect(() => decimal(2).payloadReader(decimal(3))).toThrow(SchemaError);
      const read = decimal(2).payloadReader(decimal(2));
      expect(read(decimal(2).payloadWriter(undefined)({ x: 1.25 }))).toEqual({ x: 1.25 });
    });
  });
});
