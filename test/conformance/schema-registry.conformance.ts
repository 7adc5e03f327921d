import { RegistrySchemaCodec } from '../../src/adapters/schema-registry/registry-schema-codec';
import { ConfigError, PoisonRecordError } from '../../src/core/errors';
import type { SchemaCodec } from '../../src/core/ports/schema-codec.port';
import type { SchemaFormat, SchemaRegistry } from '../../src/core/ports/schema-registry.port';
import { schemaIdOf, withSchemaId } from '../../src/core/decoding/schema-header';
import { AGE, avroUser, COUNTRY, NAME, schemaText } from '../support/user-schemas';

export interface SchemaRegistryHarness {
  readonly registry: SchemaRegistry;
  /** A subject that no other test has. */
  newSubject(): string;
  close(): Promise<void>;
}

const JSON_USER = schemaText('json-schema', {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { id: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['id'],
  additionalProperties: false,
});
const PROTO_USER = schemaText(
  'protobuf',
  'syntax = "proto3";\npackage test;\nmessage Other { string id = 1; }\nmessage User { string id = 1; int64 age = 2; }\n',
);
const ID = '6f1c3bd2-3d7c-4f2e-9a0a-0d6f4f3f2f11';

/** What every SchemaRegistry guarantees, and what is read and written by it. */
export function describeSchemaRegistry(name: string, open: () => Promise<SchemaRegistryHarness>): void {
  describe(`SchemaRegistry: ${name}`, () => {
    let harness: SchemaRegistryHarness;
    let registry: SchemaRegistry;
    let codec: SchemaCodec;
    let subject: string;

    beforeAll(async () => {
      harness = await open();
      registry = harness.registry;
    });
    afterAll(() => harness?.close());
    beforeEach(() => {
      subject = harness.newSubject();
      codec = new RegistrySchemaCodec(registry, { now: () => 0 });
    });

    it('gives back what was registered, by id and by version, and knows it again', async () => {
      const id = await registry.register(subject, avroUser(NAME));
      expect(await registry.register(subject, avroUser(NAME))).toBe(id);
      const second = await registry.register(subject, avroUser(NAME, COUNTRY));
      expect(second).not.toBe(id);
      expect(JSON.parse((await registry.byId(id))!.text)).toEqual(JSON.parse(avroUser(NAME).text));
      expect(await registry.version(subject, 1)).toMatchObject({ id, version: 1, format: 'avro', subject });
      expect(await registry.version(subject, 'latest')).toMatchObject({ id: second, version: 2 });
    });

    it('has nothing for ids, subjects and versions that are not there', async () => {
      expect(await registry.byId(2_000_000_000)).toBeUndefined();
      expect(await registry.version(subject, 'latest')).toBeUndefined();
      await registry.register(subject, avroUser(NAME));
      expect(await registry.version(subject, 7)).toBeUndefined();
    });

    it.each<[string, ReturnType<typeof avroUser>]>([
      ['a field without a default is added', avroUser(NAME, AGE)],
      ['the type of a field changes', avroUser({ name: 'name', type: 'int' })],
    ])('refuses a schema with a reason when %s', async (_what, schema) => {
      const id = await registry.register(subject, avroUser(NAME));
      expect((await registry.objections(subject, schema)).join()).not.toBe('');
      const refusal = registry.register(subject, schema);
      await expect(refusal).rejects.toThrow(ConfigError);
      await expect(refusal).rejects.toThrow(`Subject ${subject} refuses the schema as incompatible: `);
      expect(await registry.version(subject, 'latest')).toMatchObject({ id });
    });

    it('has no objection to the first schema of a subject, nor to a compatible one', async () => {
      expect(await registry.objections(subject, avroUser(NAME))).toEqual([]);
      await registry.register(subject, avroUser(NAME));
      expect(await registry.objections(subject, avroUser(NAME, COUNTRY))).toEqual([]);
    });

    it('refuses what is no schema', async () => {
      await expect(registry.register(subject, schemaText('avro', { type: 'rekord' }))).rejects.toThrow(ConfigError);
    });

    it.each<[SchemaFormat, ReturnType<typeof avroUser>, string | undefined]>([
      ['avro', avroUser(AGE), undefined],
      ['json-schema', JSON_USER, undefined],
      ['protobuf', PROTO_USER, 'test.User'],
    ])('writes and reads %s', async (format, schema, message) => {
      const encoder = await codec.encoderFor({ format, subject, schema: schema.text, ...(message && { message }) });
      const value = encoder.encode({ id: ID, age: 44 });
      const decode = await codec.decoderOf(schemaIdOf(value), { format });
      expect(decode(value)).toEqual({ id: ID, age: 44 });
    });

    it('resolves references to other subjects', async () => {
      const address = harness.newSubject();
      const record = { type: 'record', name: 'Address', namespace: 'test', fields: [{ name: 'city', type: 'string' }] };
      await registry.register(address, schemaText('avro', record));
      const references = [{ name: 'test.Address', subject: address, version: 1 }];
      await registry.register(subject, { ...avroUser({ name: 'address', type: 'test.Address' }), references });
      const value = (await codec.encoderFor({ format: 'avro', subject })).encode({
        id: ID,
        address: { city: 'हैदराबाद' },
      });
      const decode = await codec.decoderOf(schemaIdOf(value), { format: 'avro' });
      expect(decode(value)).toEqual({ id: ID, address: { city: 'हैदराबाद' } });
    });

    it('reads old values by a newer version of the subject, and new ones by an older', async () => {
      const olderWriter = await codec.encoderFor({ format: 'avro', subject, schema: avroUser(NAME).text });
      const newerWriter = await codec.encoderFor({ format: 'avro', subject, schema: avroUser(NAME, COUNTRY).text });
      const [old, recent] = [
        olderWriter.encode({ id: ID, name: 'Ada' }),
        newerWriter.encode({ id: ID, name: 'Ada', country: 'UK' }),
      ];
      const read = async (value: Uint8Array, version: number) =>
        (await codec.decoderOf(schemaIdOf(value), { format: 'avro', reader: { subject, version } }))(value);
      expect(await read(old, 2)).toEqual({ id: ID, name: 'Ada', country: 'unknown' });
      expect(await read(recent, 2)).toEqual({ id: ID, name: 'Ada', country: 'UK' });
      expect(await read(recent, 1)).toEqual({ id: ID, name: 'Ada' });
    });

    it('says of an unknown id that it is unknown, and of a schema of another format that it cannot be read', async () => {
      const id = await registry.register(subject, JSON_USER);
      const reason = async (schemaId: number): Promise<string> => {
        try {
          await codec.decoderOf(schemaIdOf(withSchemaId(schemaId)), { format: 'avro' });
        } catch (error) {
          if (error instanceof PoisonRecordError) return error.reason;
          throw error;
        }
        return 'read';
      };
      expect(await reason(2_000_000_001)).toBe('schema-unknown');
      expect(await reason(id)).toBe('schema-incompatible');
    });
  });
}
