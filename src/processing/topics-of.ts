import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { TopicTableSpec } from '../core/lookup/compiled-lookup';
import type { TopicSpec } from '../core/ports/topic-admin.port';
import { deadLetterTopic } from '../core/task/dead-letter';

/** Every topic that a pipeline reads or writes. */
export function topicsOf(pipeline: CompiledPipeline): TopicSpec[] {
  const { topic, partitions } = pipeline.definition.spec.source;
  const { lateTopic } = pipeline;
  const outputs = pipeline.sinks.flatMap((sink) => (sink.kind === 'kafka' ? [sink.topic] : []));
  return [
    { topic, partitions, purpose: 'source' },
    { topic: deadLetterTopic(topic), partitions: 1, purpose: 'dead' },
    ...outputs.map((output) => ({ topic: output, partitions, purpose: 'output' as const })),
    ...pipeline.lookups.flatMap(({ table }) => (table.kind === 'topic' ? [referenceTopic(table)] : [])),
    // As dead letters, late records are whole source records and headers.
    ...(lateTopic === undefined ? [] : [{ topic: lateTopic, partitions, purpose: 'dead' as const }]),
  ];
}

/** One partition, so that all records of a table have an order. Compaction would take away what held at earlier times. */
function referenceTopic({ name, pointInTime }: TopicTableSpec): TopicSpec {
  return { topic: name, partitions: 1, purpose: pointInTime ? 'source' : 'reference' };
}
