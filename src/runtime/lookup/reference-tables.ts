import { TransientError } from '../../core/errors';
import type { TableSpec, TopicTableSpec } from '../../core/lookup/compiled-lookup';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { BatchConsumer } from '../../core/ports/batch-consumer.port';
import type { Clock } from '../../core/ports/clock.port';
import type { Log } from '../../core/ports/log.port';
import type { ReferenceHash } from '../../core/ports/reference-hash.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import { HashTable } from './hash-table';
import type { SharedTable } from './task-lookups';
import { TopicTable } from './topic-table';

export interface ReferenceTableOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly topics: TopicAdmin;
  readonly referenceHash: ReferenceHash;
  /** A consumer of the whole topic for this process alone. */
  readonly followerOf: (topic: string) => BatchConsumer;
}

interface OpenedTopic {
  readonly table: TopicTable;
  readonly complete: Promise<void>;
}

/** The reference tables of a process: pipelines that look the same up in the same way share one table. */
export class ReferenceTables {
  private readonly hashes = new Map<string, HashTable>();
  private readonly topics = new Map<string, OpenedTopic>();
  private readonly awaiting = new Set<CompiledPipeline>();
  private closed = false;

  constructor(private readonly options: ReferenceTableOptions) {}

  /** Pipelines that are to wait for tables of topics, before they begin to. */
  announce(pipeline: CompiledPipeline): void {
    this.awaiting.add(pipeline);
  }

  /** The pipeline waits no more, whatever became of it. */
  withdraw(pipeline: CompiledPipeline): void {
    this.awaiting.delete(pipeline);
  }

  /** A topic that a pipeline waits for, and how far its table has come; `undefined` while none does. */
  get waitsFor(): { readonly topic: string; readonly progress: string } | undefined {
    for (const { lookups } of this.awaiting) {
      for (const { table } of lookups) {
        if (table.kind !== 'topic') continue;
        const opened = this.topics.get(identityOf(table));
        const progress = opened ? opened.table.progress : 'it waits to be read';
        if (progress !== undefined) return { topic: table.name, progress };
      }
    }
    return undefined;
  }

  /**
   * The tables of the pipeline's lookups, in their order; those of topics hold all that was in the topic when this was
   * called. Throws TransientError when a topic cannot be reached, FatalError when it has more entries than allowed.
   */
  of(pipeline: CompiledPipeline): Promise<readonly SharedTable[]> {
    return Promise.all(pipeline.lookups.map(({ table }) => this.open(table)));
  }

  /** Ends the reading of topics. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.topics.values()].map(({ table }) => table.close()));
  }

  private async open(spec: TableSpec): Promise<SharedTable> {
    if (spec.kind === 'topic') return this.openTopic(spec);
    const identity = identityOf(spec);
    let hash = this.hashes.get(identity);
    if (!hash) this.hashes.set(identity, (hash = new HashTable(spec, this.options.referenceHash, this.options.clock)));
    return hash;
  }

  private async openTopic(spec: TopicTableSpec): Promise<TopicTable> {
    if (this.closed) throw new TransientError(`Topic ${spec.name} is read no more`);
    const identity = identityOf(spec);
    let opened = this.topics.get(identity);
    if (!opened) this.topics.set(identity, (opened = this.begin(spec)));
    try {
      await opened.complete;
      return opened.table;
    } catch (error) {
      if (this.topics.get(identity) === opened) this.topics.delete(identity);
      await opened.table.close();
      throw error;
    }
  }

  private begin(spec: TopicTableSpec): OpenedTopic {
    const { topics, log, followerOf } = this.options;
    const table = new TopicTable({ spec, topics, log, consumer: followerOf(spec.name) });
    return { table, complete: table.open() };
  }
}

function identityOf(spec: TableSpec): string {
  return JSON.stringify(spec);
}
