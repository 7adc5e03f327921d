import { jsonSchemaDriver } from '../../../../src/adapters/schema-registry/json-schema/json-schema-driver';
import { SchemaError } from '../../../../src/adapters/schema-registry/schema-driver';
import { PoisonRecordError } from '../../../../src/core/errors';

const parse = (schema: unknown, uses: { name: string; text: string }[] = []) =>
  jsonSchemaDriver.parse({ text: JSON.stringify(schema), uses });
const user = (more: object = {}) => ({
  type: 'object',
  properties: { id: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['id'],
  ...more,
});
const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof PoisonRecordError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  throw new Error('was taken');
}

describe('JSON Schema', () => {
  it.each([
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('reads and writes what %s allows', ($schema) => {
    const schema = parse(user({ $schema }));
    const value = { id: 'हैदराबाद', age: 1, more: [null, 1.5] };
    expect(schema.payloadReader(undefined)(schema.payloadWriter(undefined)(value))).toEqual(value);
  });

  it('says which field is wrong and why, never its value', () => {
    const read = parse(user()).payloadReader(undefined);
    const told = (text: string) => refusal(() => read(bytes(text)));
    expect(told('{"id":"a","age":-7}')).toBe(
      'not-decodable: the value is not what its JSON Schema says: field "age" must be >= 0',
    );
    expect(told('{"age":1}')).toContain("it must have required property 'id'");
    expect(told('[1]')).toBe('not-decodable: the value is a list, a JSON object is needed');
    expect(told('{')).toContain('the value is no JSON');
    expect(refusal(() => read(Uint8Array.of(0x22, 0xff, 0x22)))).toContain('the value is no JSON');
    expect(refusal(() => parse(user()).payloadWriter(undefined)({ id: 5 }))).toBe(
      'bad-value: the value: field "id" must be string',
    );
  });

  it('is validated by the schema to read by, whose defaults fill what is missing', () => {
    const reader = parse(
      user({ properties: { id: { type: 'string' }, country: { type: 'string', default: 'unknown' } } }),
    );
    expect(parse(user()).payloadReader(reader)(bytes('{"id":"a"}'))).toEqual({ id: 'a', country: 'unknown' });
  });

  it('resolves what it refers to', () => {
    const uses = [{ name: 'age.json', text: '{"type":"integer","minimum":18}' }];
    const read = parse({ type: 'object', properties: { age: { $ref: 'age.json' } } }, uses).payloadReader(undefined);
    expect(read(bytes('{"age":18}'))).toEqual({ age: 18 });
    expect(refusal(() => read(bytes('{"age":17}')))).toContain('field "age" must be >= 18');
  });

  it('refuses what is no schema', () => {
    expect(() => parse({ type: 'rekord' })).toThrow(SchemaError);
    expect(() => parse({ $ref: 'https://example.org/elsewhere.json' })).toThrow(SchemaError);
  });

  it('knows its fields only when it allows no others', () => {
    expect(parse(user()).fieldNames).toBeUndefined();
    expect(parse(user({ additionalProperties: false })).fieldNames).toEqual(['id', 'age']);
  });
});
