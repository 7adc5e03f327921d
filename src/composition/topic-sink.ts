import { KafkaRowSink } from '../adapters/kafka/kafka-row-sink';
import { KafkaTransactionalRowSink } from '../adapters/kafka/kafka-transactional-row-sink';
import type { CompiledPipeline, CompiledSink } from '../core/pipeline/compiled-pipeline';
import type { RecordProducer } from '../core/ports/record-producer.port';
import type { Sink } from '../core/ports/row-sink.port';
import type { SchemaCodec } from '../core/ports/schema-codec.port';
import type { TransactionLog } from '../core/ports/transaction-log.port';
import { endsInclusively } from '../core/windows/ends-inclusively';

export interface TopicSinkParts {
  readonly producer: RecordProducer;
  /** Takes values that are text at less cost, and no others. */
  readonly textProducer: RecordProducer;
  readonly transactions: TransactionLog;
  readonly schemas: SchemaCodec;
}

/** A pipeline's sink into a topic, its schema registered. Throws as `SchemaCodec.encoderFor` does. */
export async function topicSink(
  pipeline: CompiledPipeline,
  { topic, delivery, writing }: Extract<CompiledSink, { kind: 'kafka' }>,
  { producer, textProducer, transactions, schemas }: TopicSinkParts,
): Promise<Sink> {
  const encoder = writing && (await schemas.encoderFor(writing));
  const form = { endIsInclusive: endsInclusively(pipeline.definition.spec.window), encoder };
  if (delivery === 'at-least-once') return new KafkaRowSink(encoder ? producer : textProducer, topic, form);
  return new KafkaTransactionalRowSink(transactions, topic, form);
}
