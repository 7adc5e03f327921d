import fc from 'fast-check';
import { protobufDriver } from '../../../../src/adapters/schema-registry/protobuf/protobuf-driver';
import { SchemaError } from '../../../../src/adapters/schema-registry/schema-driver';
import { PoisonRecordError } from '../../../../src/core/errors';
import type { JsonValue } from '../../../../src/core/json';

const proto = (body: string, uses: { name: string; text: string }[] = []) =>
  protobufDriver.parse({ text: `syntax = "proto3";\npackage test;\n${body}`, uses });

function back(body: string, value: Record<string, JsonValue>): unknown {
  const schema = proto(body);
  return schema.payloadReader(undefined)(schema.payloadWriter(undefined)(value));
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

const USER = `
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  message User {
    string name = 1; int64 big = 2; uint32 age = 3; bool active = 4; double score = 5; bytes photo = 6;
    repeated string tags = 7; map<string, int32> counts = 8; Kind kind = 9; Address home = 10;
    google.protobuf.Timestamp at = 11; google.protobuf.StringValue nick = 12; optional int32 maybe = 13;
    message Address { string city = 1; Address next = 2; }
  }
  enum Kind { UNKNOWN = 0; ADMIN = 1; }`;

describe('Protobuf', () => {
  it('gives back each type', () => {
    const user = {
      ...{ name: '𐍈 مرحبا', big: '9223372036854775807', age: 44, active: true, score: 0.5, photo: 'AAH/' },
      ...{
        tags: ['a', 'b'],
        counts: { x: -1 },
        kind: 'ADMIN',
        home: { city: 'Delhi', next: { city: 'x', next: null } },
      },
      ...{ at: '1960-02-29T23:59:59.123456789Z', nick: 'ada', maybe: 0 },
    };
    expect(back(USER, user)).toEqual(user);
  });

  it('has the defaults of proto3 for what was left out, nothing for what is optional, null for messages', () => {
    expect(back(USER, {})).toEqual({
      ...{ name: '', big: 0, age: 0, active: false, score: 0, photo: '', tags: [], counts: {}, kind: 'UNKNOWN' },
      ...{ home: null, at: null, nick: null },
    });
  });

  it('reads the message that the value says it is, nested ones too', () => {
    const schema = proto('message A { string a = 1; message B { string b = 1; } }\nmessage C { string c = 1; }');
    const through = (message: string, value: Record<string, JsonValue>) =>
      schema.payloadReader(undefined)(schema.payloadWriter(message)(value));
    expect(through('test.A', { a: '1' })).toEqual({ a: '1' });
    expect(through('test.A.B', { b: '2' })).toEqual({ b: '2' });
    expect(through('test.C', { c: '3' })).toEqual({ c: '3' });
    expect([...schema.payloadWriter('test.A.B')({})]).toEqual([4, 0, 0]);
    expect([...schema.payloadWriter('test.A')({})]).toEqual([0]);
    expect(() => schema.payloadWriter('test.D')).toThrow(SchemaError);
  });

  it('counts the messages of its own file alone, whatever it imports into its package', () => {
    const uses = [{ name: 'other.proto', text: 'syntax = "proto3";\npackage test;\nmessage Other { string o = 1; }' }];
    const schema = proto('import "other.proto";\nmessage Own { Other other = 1; }', uses);
    const value = { other: { o: 'x' } };
    expect(schema.payloadReader(undefined)(schema.payloadWriter(undefined)(value))).toEqual(value);
    expect(schema.fieldNames).toEqual(['other']);
  });

  it('names the field that a value does not fit, and what would fit', () => {
    const write = (value: Record<string, JsonValue>) => refusal(() => proto(USER).payloadWriter(undefined)(value))[1];
    expect(write({ age: -1 })).toBe('field "age" is -1; an integer of 32 bits is needed');
    expect(write({ home: { city: 5 } })).toBe('field "home.city" is 5; text is needed');
    expect(write({ kind: 'KING' })).toBe('field "kind" is "KING"; one of UNKNOWN, ADMIN is needed');
    expect(write({ tags: ['a', 1] })).toBe('field "tags.1" is 1; text is needed');
  });

  it('refuses any other bytes with a poison error and nothing else', () => {
    const read = proto(USER).payloadReader(undefined);
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

  it('refuses NaN and infinities, which no result can hold', () => {
    const infinite = Uint8Array.of(0, 0x29, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f);
    expect(refusal(() => proto(USER).payloadReader(undefined)(infinite))[0]).toBe('not-decodable');
  });

  it('refuses an import that is not among its references', () => {
    expect(() => proto('import "absent.proto";\nmessage A { string a = 1; }')).toThrow(SchemaError);
  });

  describe('read by another schema', () => {
    const writer = proto('message U { string name = 1; int32 age = 2; }');
    const payload = writer.payloadWriter(undefined)({ name: 'Ada', age: 44 });
    const readBy = (body: string) => writer.payloadReader(proto(body))(payload);

    it('goes by the numbers of fields', () => {
      expect(readBy('message U { int64 years = 2; string city = 3; }')).toEqual({ years: 44, city: '' });
    });

    it('refuses a field that was written in another way, and a message that is not there', () => {
      expect(() => readBy('message U { int32 name = 1; }')).toThrow(SchemaError);
      expect(() => readBy('message V { string name = 1; }')).toThrow(SchemaError);
    });
  });
});
