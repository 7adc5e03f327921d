import type { JsonValue } from '../json';
import type { SchemaWriting } from '../ports/schema-codec.port';
import type { FeedDefinition } from './feed-definition';
import type { Partitioner } from './partitioner';

/** What one answer of an upstream is to expressions. */
export interface Answer {
  readonly body: unknown;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counted from 0 in each poll. */
  readonly page: number;
  readonly cursor: JsonValue;
  /** When the poll began. */
  readonly now: Date;
}

/** An item that could not be read as its format has it, and why. */
export class BadItem {
  constructor(
    readonly text: string,
    readonly message: string,
  ) {}
}

/** What an item became. */
export interface FeedRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The fields as JSON. */
  readonly value: string;
  readonly key: string | null;
  /** Epoch ms; the time of producing it when `undefined`. */
  readonly timestampMs: number | undefined;
  /** What repetitions have in common; `undefined` without `dedupe`. */
  readonly id: string | undefined;
  /** What the partitioner looks at. */
  readonly placedBy: JsonValue | undefined;
}

/** A validated definition turned into closures. Pure, but for the partitioner `random`. */
export interface CompiledFeed {
  readonly name: string;
  readonly definition: FeedDefinition;
  /** Throws PoisonRecordError when the answer has no list of items where the definition looks for it. */
  itemsOf(answer: Answer): readonly unknown[];
  /** `undefined` for an item that `where` leaves out. Throws PoisonRecordError. */
  recordOf(item: unknown, answer: Answer, n: number): FeedRecord | undefined;
  readonly partitionOf: Partitioner;
  /** How values are written; `undefined` for JSON. */
  readonly writing: SchemaWriting | undefined;
}
