import type { PoisonReason } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';

/** A record that could not be processed, with the place it came from and its original bytes. */
export interface DeadLetter {
  readonly pipeline: string;
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly reason: PoisonReason;
  /** Says what is wrong, where in the record, and what would be right. No stack. */
  readonly message: string;
  /** There when the record waits, because it has parked its key: the partition and offset that its task has for it. */
  readonly parkedAt?: { readonly partition: number; readonly offset: bigint };
}

/** Where the dead letters of a source topic go. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dead`;
}
