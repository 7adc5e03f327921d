import { KafkaDeadLetterSink } from '../../src/adapters/kafka/kafka-dead-letter-sink';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { MemoryOperatorLedger } from '../../src/adapters/memory/memory-operator-ledger';
import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { MemoryTopicReader } from '../../src/adapters/memory/memory-topic-reader';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { RecordHeaders, SourceRecord } from '../../src/core/ports/record-source.port';
import type { ReplayPorts } from '../../src/runtime/dead-letters/replay-letters';
import { memorySchemas } from './memory-schemas';

const never = new AbortController().signal;

export interface LetterSpec {
  readonly offset: number;
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: RecordHeaders;
  readonly pipeline?: string;
  readonly reason?: 'not-decodable' | 'bad-time';
}

/** A source topic and its dead letters on the memory twins. */
export class DeadLetterWorld {
  nowMs = 1_700_000_000_000;
  readonly log = new MemoryLog({ now: () => this.nowMs });
  readonly ledger = new MemoryOperatorLedger();
  readonly store = new MemoryStateStore();
  readonly registry = memorySchemas();
  readonly ports: ReplayPorts = {
    topics: this.log,
    topicReader: new MemoryTopicReader(this.log),
    producer: this.log,
    ledger: this.ledger,
    stateStore: this.store,
    schemas: this.registry.schemas,
  };

  private constructor(readonly pipeline: CompiledPipeline) {}

  static async open(pipeline: CompiledPipeline): Promise<DeadLetterWorld> {
    const world = new DeadLetterWorld(pipeline);
    const { topic } = world;
    await world.log.ensure([
      { topic, partitions: 1, purpose: 'source' },
      { topic: `${topic}.dead`, partitions: 1, purpose: 'dead' },
    ]);
    return world;
  }

  get topic(): string {
    return this.pipeline.definition.spec.source.topic;
  }

  async bury(...letters: readonly LetterSpec[]): Promise<void> {
    await new KafkaDeadLetterSink(this.log).write(
      letters.map(({ offset, key = 'a', value = 'no JSON', headers, pipeline, reason = 'not-decodable' }) => ({
        pipeline: pipeline ?? this.pipeline.name,
        ...{ topic: this.topic, partition: 0, reason, message: `record ${offset} is bad` },
        record: {
          ...{ offset: BigInt(offset), timestampMs: 1_600_000_000_000 + offset },
          key: bytesOf(key),
          value: bytesOf(value),
          ...(headers && { headers }),
        },
      })),
      never,
    );
  }

  /** What the source topic holds. */
  source(): readonly SourceRecord[] {
    return this.log.read(this.topic, 0, 0n, Infinity).records;
  }
}

function bytesOf(content: string | Uint8Array | null): Uint8Array | null {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
