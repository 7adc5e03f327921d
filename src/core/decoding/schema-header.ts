import { PoisonRecordError } from '../errors';

const MAGIC_BYTE = 0;
/** The magic byte and the id. */
export const HEADER_BYTES = 5;

/**
 * The id of the schema that a value was written with. Throws PoisonRecordError `schema-header`.
 * Source: Confluent's wire format: a zero byte, then the id in four bytes, the highest first.
 */
export function schemaIdOf(value: Uint8Array): number {
  if (value.length < HEADER_BYTES) {
    throw new PoisonRecordError(
      'schema-header',
      `the value has ${value.length} bytes, too few for the header with a schema's id`,
    );
  }
  if (value[0] !== MAGIC_BYTE) {
    throw new PoisonRecordError(
      'schema-header',
      `the value begins with byte ${value[0]}, not with the 0 of a schema's id: it was not written through a schema registry`,
    );
  }
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(1);
}

/** `parts` behind the header. */
export function withSchemaId(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, HEADER_BYTES));
  new DataView(bytes.buffer).setUint32(1, id);
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
