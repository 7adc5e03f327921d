import { MemorySchemaRegistry } from '../../src/adapters/memory/memory-schema-registry';
import { RegistrySchemaCodec } from '../../src/adapters/schema-registry/registry-schema-codec';
import { schemaObjections } from '../../src/adapters/schema-registry/schema-objections';
import type { Clock } from '../../src/core/ports/clock.port';

/** A registry in memory, and what reads and writes by it, as `Ports` have them. */
export function memorySchemas(clock: Clock = { now: () => 0 }) {
  const schemaRegistry = new MemorySchemaRegistry(schemaObjections);
  return { schemaRegistry, schemas: new RegistrySchemaCodec(schemaRegistry, clock) };
}
