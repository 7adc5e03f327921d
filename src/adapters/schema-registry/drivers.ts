import type { SchemaFormat } from '../../core/ports/schema-registry.port';
import { avroDriver } from './avro/avro-driver';
import { jsonSchemaDriver } from './json-schema/json-schema-driver';
import { protobufDriver } from './protobuf/protobuf-driver';
import type { SchemaDriver } from './schema-driver';

export const DRIVERS: Readonly<Record<SchemaFormat, SchemaDriver>> = {
  avro: avroDriver,
  'json-schema': jsonSchemaDriver,
  protobuf: protobufDriver,
};
