import { createKafka } from '../adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../adapters/kafka/kafka-topic-admin';
import { HttpSchemaRegistry } from '../adapters/schema-registry/http-schema-registry';
import { RegistrySchemaCodec } from '../adapters/schema-registry/registry-schema-codec';
import type { MillraceConfig } from '../config/config';
import { ConfigError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { RecordFile } from '../ingestion/file-records';
import { ingest as ingestRecords, type IngestProgress } from '../ingestion/ingest';
import type { Pace } from '../ingestion/pace';
import { type ValueWriter, valueWriter } from '../ingestion/value-writer';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { progressDisplay, rateOf } from './ingest-progress';
import { readPipeline } from './pipeline-file';
import { commandLogger } from './command-logger';

export interface IngestOptions {
  readonly source: string;
  readonly pipeline?: string;
  readonly rate?: number;
  readonly speedUp?: number;
  readonly quiet?: boolean;
}

/** Beyond this many only their number is told. */
const MAX_SHOWN = 20;
const clock = { now: () => Date.now() };

/** Feeds a file into the source topic of a pipeline, creating the topic if it is missing. SIGINT ends it after a batch. */
export async function ingest(
  file: string,
  options: IngestOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const pipeline = await readPipeline(file, options.pipeline, io);
  const totalBytes = await new RecordFile({ path: options.source }).size();
  const kafka = createKafka(config.kafka, commandLogger(config.logLevel));
  const topics = new KafkaTopicAdmin(kafka, config.kafka.replicationFactor);
  const producer = new KafkaRecordProducer(kafka);
  try {
    const { topic, partitions } = pipeline.definition.spec.source;
    await topics.ensure([{ topic, partitions, purpose: 'source' }]);
    const codec = new RegistrySchemaCodec(new HttpSchemaRegistry(config.schemaRegistry), clock);
    const write = await valueWriter(pipeline, codec, clock.now());
    return await feed({ pipeline, producer, options, totalBytes, io, write });
  } finally {
    await Promise.all([producer.close(), topics.close()]);
  }
}

interface Feed {
  readonly pipeline: CompiledPipeline;
  readonly producer: KafkaRecordProducer;
  readonly options: IngestOptions;
  readonly totalBytes: number | undefined;
  readonly write: ValueWriter | undefined;
  readonly io: CommandIo;
}

async function feed({ pipeline, producer, options, totalBytes, io, write }: Feed): Promise<number> {
  const startMs = clock.now();
  const display = options.quiet ? undefined : progressDisplay({ stream: process.stderr, totalBytes, clock });
  const faults = new FaultLines(io);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  try {
    const summary = await ingestRecords({
      ...{ pipeline, producer, clock, write },
      source: options.source,
      pace: paceOf(options),
      signal: interrupt.signal,
      onProgress: (progress) => display?.update(progress),
      onFault: (line, message) => faults.add(line, message),
    });
    display?.stop();
    faults.print();
    io.err(summaryText(summary, pipeline.definition.spec.source.topic, clock.now() - startMs));
    if (interrupt.signal.aborted) io.err('Interrupted: the rest of the file was not sent.');
    return interrupt.signal.aborted ? EXIT.checkFailed : EXIT.done;
  } finally {
    display?.stop();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

/** Kept until the bar is done, which they would tear apart. */
class FaultLines {
  private readonly shown: string[] = [];
  private count = 0;

  constructor(private readonly io: CommandIo) {}

  add(line: number, message: string): void {
    this.count += 1;
    if (this.shown.length < MAX_SHOWN) this.shown.push(`line ${line}: ${message}`);
  }

  print(): void {
    for (const line of this.shown) this.io.err(line);
    if (this.count > this.shown.length) this.io.err(`... and ${this.count - this.shown.length} more`);
  }
}

function paceOf({ rate, speedUp }: IngestOptions): Pace {
  if (rate !== undefined && speedUp !== undefined) throw new ConfigError('--rate and --speed-up exclude each other');
  if (rate !== undefined) return { kind: 'rate', recordsPerSecond: rate };
  return speedUp === undefined ? { kind: 'full-speed' } : { kind: 'event-time', speedUp };
}

function summaryText(summary: IngestProgress, topic: string, elapsedMs: number): string {
  const { produced, unreadable, undecodable, tooLarge } = summary;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const notes = [
    undecodable > 0 ? `${undecodable} of them will be dead letters` : '',
    unreadable > 0 ? `${unreadable} lines could not be read and were left out` : '',
    tooLarge > 0 ? `${tooLarge} records were too large and were left out` : '',
  ].filter(Boolean);
  const rate = rateOf(produced, elapsedMs);
  return [`${produced} records into ${topic} in ${seconds} s (${rate} records/s)`, ...notes].join('; ');
}
