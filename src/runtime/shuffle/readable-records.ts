import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { Clock } from '../../core/ports/clock.port';
import type { SourceRecord } from '../../core/ports/record-source.port';
import type { SchemaCodec } from '../../core/ports/schema-codec.port';
import { loadSchemas } from '../load-schemas';
import { newestRecords, type NewestRecordsOptions } from './newest-records';

interface ReadingPorts extends NewestRecordsOptions {
  readonly schemas: SchemaCodec;
  readonly clock: Clock;
}

/** The newest records of a topic, with the schemas that the pipeline needs to decode them. Throws TransientError, ConfigError. */
export async function readableRecords(
  pipeline: CompiledPipeline,
  topic: string,
  ports: ReadingPorts,
): Promise<readonly SourceRecord[]> {
  const records = await newestRecords(topic, ports);
  const nowMs = ports.clock.now();
  const ids = pipeline.schemas?.missing(records, nowMs) ?? [];
  await loadSchemas(pipeline, ports.schemas, { ids, nowMs });
  return records;
}
