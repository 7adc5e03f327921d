import { ConfigError } from '../../core/errors';
import type { SchemaRegistry, SchemaText } from '../../core/ports/schema-registry.port';
import { DRIVERS } from './drivers';
import { type ParsedSchema, SchemaError } from './schema-driver';
import { wholeSchema } from './whole-schema';

/**
 * Why `newer` cannot read what was written with `older` (compatibility BACKWARD); empty when it can, or without an older
 * one. Of JSON Schema nothing is known: each value is validated when it comes. Throws ConfigError when `newer` is no schema.
 */
export async function schemaObjections(
  newer: SchemaText,
  older: SchemaText | undefined,
  registry: SchemaRegistry,
): Promise<readonly string[]> {
  const reader = await parsed(newer, registry);
  if (!older) return [];
  if (older.format !== newer.format) return [`the version before is ${older.format}, this one is ${newer.format}`];
  try {
    (await parsed(older, registry)).payloadReader(reader);
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return [error.message];
    throw error;
  }
}

async function parsed(schema: SchemaText, registry: SchemaRegistry): Promise<ParsedSchema> {
  try {
    return DRIVERS[schema.format].parse(await wholeSchema(schema, registry));
  } catch (error) {
    if (error instanceof SchemaError) throw new ConfigError(`The schema is refused: ${error.message}`);
    throw error;
  }
}
