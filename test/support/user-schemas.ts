import type { SchemaFormat, SchemaText } from '../../src/core/ports/schema-registry.port';

export function schemaText(format: SchemaFormat, schema: object | string): SchemaText {
  return { format, text: typeof schema === 'string' ? schema : JSON.stringify(schema), references: [] };
}

/** An Avro record called User with an id and more fields. */
export function avroUser(...fields: readonly object[]): SchemaText {
  const id = { name: 'id', type: { type: 'string', logicalType: 'uuid' } };
  return schemaText('avro', { type: 'record', name: 'User', namespace: 'test', fields: [id, ...fields] });
}

export const NAME = { name: 'name', type: 'string' };
export const AGE = { name: 'age', type: 'int' };
export const COUNTRY = { name: 'country', type: 'string', default: 'unknown' };
