import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019';
import { Ajv2020 } from 'ajv/dist/2020';
import { kindOf } from '../../../core/decoding/displayed';
import { messageOf, PoisonRecordError } from '../../../core/errors';
import type { Fields } from '../../../core/pipeline/compiled-pipeline';
import {
  type ParsedSchema,
  type PayloadReader,
  type PayloadWriter,
  type SchemaDriver,
  SchemaError,
  type WholeSchema,
} from '../schema-driver';

/** Draft 7, 2019-09 and 2020-12, by ajv. `format` says nothing about validity, as the specification has it. */
export const jsonSchemaDriver: SchemaDriver = { parse: (schema) => new JsonSchema(schema) };

const OPTIONS: Options = {
  strict: false,
  validateFormats: false,
  useDefaults: true,
  allowUnionTypes: true,
  logger: false,
};
const utf8 = new TextDecoder('utf-8', { fatal: true });

class JsonSchema implements ParsedSchema {
  private readonly validate: ValidateFunction;
  private readonly root: Readonly<Record<string, unknown>>;

  constructor({ text, uses }: WholeSchema) {
    try {
      const root: unknown = JSON.parse(text);
      this.root = typeof root === 'object' && root !== null ? (root as Record<string, unknown>) : {};
      const { $schema: dialect } = this.root;
      const ajv = ajvFor(typeof dialect === 'string' ? dialect : '');
      for (const used of uses) ajv.addSchema(JSON.parse(used.text) as object, used.name);
      this.validate = ajv.compile(root as object | boolean);
    } catch (error) {
      throw new SchemaError(`it is no JSON Schema: ${messageOf(error)}`);
    }
  }

  /** Only of a schema that allows no others. */
  get fieldNames(): readonly string[] | undefined {
    const { properties, additionalProperties } = this.root;
    const isClosed = additionalProperties === false && typeof properties === 'object' && properties !== null;
    return isClosed ? Object.keys(properties) : undefined;
  }

  payloadReader(reader: ParsedSchema | undefined): PayloadReader {
    const expected = reader ?? this;
    if (!(expected instanceof JsonSchema)) throw new SchemaError('a JSON Schema is needed to read JSON');
    return (payload) => {
      const value = parse(payload);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new PoisonRecordError('not-decodable', `the value is ${kindOf(value)}, a JSON object is needed`);
      }
      const fault = expected.faultIn(value);
      if (fault === undefined) return value as Fields;
      throw new PoisonRecordError('not-decodable', `the value is not what its JSON Schema says: ${fault}`);
    };
  }

  payloadWriter(): PayloadWriter {
    return (fields) => {
      const text = JSON.stringify(fields);
      const fault = this.faultIn(JSON.parse(text));
      if (fault !== undefined) throw new PoisonRecordError('bad-value', `the value: ${fault}`);
      return new TextEncoder().encode(text);
    };
  }

  private faultIn(value: unknown): string | undefined {
    return this.validate(value) ? undefined : faultText(this.validate.errors?.[0]);
  }
}

function ajvFor(dialect: string): Ajv {
  if (dialect.includes('2020-12')) return new Ajv2020(OPTIONS);
  return dialect.includes('2019-09') ? new Ajv2019(OPTIONS) : new Ajv(OPTIONS);
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch (error) {
    throw new PoisonRecordError('not-decodable', `the value is no JSON: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}

/** Says where and what, never the value. */
function faultText(error: ErrorObject | undefined): string {
  if (!error) return 'it is not valid';
  const where = error.instancePath === '' ? 'it' : `field "${error.instancePath.slice(1).replaceAll('/', '.')}"`;
  return `${where} ${error.message ?? 'is not valid'}`;
}
