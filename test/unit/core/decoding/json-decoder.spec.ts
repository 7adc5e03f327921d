import fc from 'fast-check';
import type { RecordValue } from '../../../../src/core/decoding/decoder';
import { jsonDecoder } from '../../../../src/core/decoding/json-decoder';
import { PoisonRecordError } from '../../../../src/core/errors';

const decode = jsonDecoder(100);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(value: RecordValue): [string, string] {
  try {
    decode(value);
  } catch (error) {
    if (error instanceof PoisonRecordError) return [error.reason, error.message];
    throw error;
  }
  throw new Error('was taken');
}

describe('the JSON decoder', () => {
  it('gives back every object', () => {
    const decodeAny = jsonDecoder(1e6);
    const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
    fc.assert(
      fc.property(object, (fields) => {
        const text = JSON.stringify(fields);
        expect(JSON.stringify(decodeAny(bytes(text)))).toBe(text);
      }),
    );
  });

  it('takes ASCII text for its bytes, and counts it as them', () => {
    expect(decode('{"pm25":12.5}')).toEqual(decode(bytes('{"pm25":12.5}')));
    expect(refusal('x'.repeat(101))).toEqual(refusal(bytes('x'.repeat(101))));
  });

  it('refuses any other bytes with a poison error and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (value) => {
        expect(['not-decodable', 'too-large']).toContain(refusal(value)[0]);
      }),
    );
  });

  it.each([
    ['no value', null, 'the record has no value'],
    ['no bytes', bytes(''), 'the value is no JSON: '],
    ['a list', bytes('[1]'), 'the value is a list, a JSON object is needed'],
    ['null', bytes('null'), 'the value is null, a JSON object is needed'],
    ['a number', bytes('5'), 'the value is a number, a JSON object is needed'],
    ['text', bytes('"a"'), 'the value is text, a JSON object is needed'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 'the value is no UTF-8 text'],
    ['half an object', bytes('{"a":\n1'), 'the value is no JSON: '],
    ['NaN', bytes('{"a":NaN}'), 'the value is no JSON: '],
  ])('refuses %s', (_what, value, message) => {
    const [reason, text] = refusal(value);
    expect(reason).toBe('not-decodable');
    expect(text).toContain(message);
    expect(text).not.toMatch(/[\n\r]/);
  });

  it('refuses a record of one byte too many, counting bytes and not characters', () => {
    const fitting = `{"a":"${'é'.repeat(46)}"}`;
    expect(decode(bytes(fitting))).toEqual({ a: 'é'.repeat(46) });
    expect(refusal(bytes(`${fitting} `))).toEqual(['too-large', 'the value has 101 bytes, at most 100 are taken']);
  });

  it('takes __proto__ as a field like any other', () => {
    const fields = decode(bytes('{"__proto__":{"polluted":1},"constructor":2}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
  });
});
