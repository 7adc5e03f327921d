import { PoisonRecordError } from '../errors';
import type { OutgoingRecord } from '../ports/record-producer.port';
import type { ValueEncoder } from '../ports/schema-codec.port';
import type { DeadLetter } from '../task/dead-letter';
import { type Answer, BadItem, type CompiledFeed } from './compiled-feed';
import type { FeedState } from './feed-state';
import { RememberedIds } from './remembered-ids';

/** What became of the items. */
export interface FeedCounts {
  readonly records: number;
  readonly duplicates: number;
  readonly filtered: number;
  readonly dead: number;
}

export const NO_COUNTS: FeedCounts = { records: 0, duplicates: 0, filtered: 0, dead: 0 };

export interface FeedBatch {
  readonly records: readonly OutgoingRecord[];
  readonly letters: readonly DeadLetter[];
  readonly counts: FeedCounts;
  /** For the state that is stored with the records. */
  readonly seen: number;
  readonly ids: readonly string[];
}

const utf8 = new TextEncoder();

/** Gathers the records of a poll, page by page. Pure: the same items after the same state give the same batch. */
export class FeedBatchBuilder {
  private readonly records: OutgoingRecord[] = [];
  private readonly letters: DeadLetter[] = [];
  private readonly ids: RememberedIds | undefined;
  private seen: number;
  private duplicates = 0;
  private filtered = 0;

  constructor(
    private readonly feed: CompiledFeed,
    state: FeedState,
    private readonly partitions: number,
    /** Of the values; they are JSON without it. */
    private readonly encoder?: ValueEncoder,
  ) {
    const { dedupe } = feed.definition.spec;
    this.ids = dedupe && new RememberedIds(dedupe.remember, state.ids);
    this.seen = state.seen;
  }

  add(items: readonly unknown[], answer: Answer): void {
    for (const item of items) {
      const n = this.seen++;
      try {
        this.take(item, answer, n);
      } catch (thrown) {
        if (!(thrown instanceof PoisonRecordError)) throw thrown;
        this.letters.push(this.letterOf(item, { answer, n, fault: thrown }));
      }
    }
  }

  batch(): FeedBatch {
    const { records, letters, duplicates, filtered, seen } = this;
    const counts = { records: records.length, duplicates, filtered, dead: letters.length };
    return { records, letters, counts, seen, ids: this.ids?.encoded() ?? [] };
  }

  private take(item: unknown, answer: Answer, n: number): void {
    const record = this.feed.recordOf(item, answer, n);
    if (!record) {
      this.filtered += 1;
      return;
    }
    const nowMs = answer.now.getTime();
    // As for records over HTTP: none is put ahead of the clock, whatever its time says.
    const timestampMs = Math.min(record.timestampMs ?? nowMs, nowMs);
    const value = this.encoder ? this.encoder.encode(record.fields) : record.value;
    const partition = this.feed.partitionOf({ n, timestampMs, value: record.placedBy }, this.partitions);
    if (record.id !== undefined && this.ids?.isRepeated(record.id) === true) {
      this.duplicates += 1;
      return;
    }
    this.records.push({
      ...{ key: record.key, value, timestampMs },
      ...(partition !== undefined && { partition }),
    });
  }

  private letterOf(item: unknown, at: { answer: Answer; n: number; fault: PoisonRecordError }): DeadLetter {
    const { topic } = this.feed.definition.spec;
    const value = utf8.encode(textOf(item));
    return {
      ...{ pipeline: letterName(this.feed.name), topic, partition: 0 },
      record: { offset: BigInt(at.n), timestampMs: at.answer.now.getTime(), key: null, value },
      reason: at.fault.reason,
      message: at.fault.message,
    };
  }
}

/** Stands for the pipeline in the dead letters of a feed; no pipeline has a colon in its name. */
export function letterName(feed: string): string {
  return `feed:${feed}`;
}

/** An item as it came. One that is nested beyond what JSON.stringify takes is left out; the message tells of it. */
function textOf(item: unknown): string {
  if (item instanceof BadItem) return item.text;
  try {
    return JSON.stringify(item) ?? '';
  } catch {
    return '';
  }
}
