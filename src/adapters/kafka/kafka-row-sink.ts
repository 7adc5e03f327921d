import { FatalError, PoisonRecordError, RecordTooLargeError } from '../../core/errors';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import type { ValueEncoder } from '../../core/ports/schema-codec.port';
import type { RowSink } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import { rowText, toRowJson } from '../../core/row/row-json';
import { recordChunks } from './record-chunks';

/**
 * Appends each version of a row to a topic, at least once: key is the row's key, value its JSON text, or what its schema makes of it, and the header
 * `millrace-revision` lets a reader keep the newest version. The record's
 * timestamp is the last millisecond of the row's window, so that the topic's time is event time; a row without a window
 * gets the producer's.
 *
 * Rows of one key keep their order. When the signal aborts, what has been sent stays, and sending stops between chunks.
 * Throws FatalError for a row that the topic refuses for its size.
 */
export class KafkaRowSink implements RowSink {
  readonly name: string;

  constructor(
    private readonly producer: RecordProducer,
    private readonly topic: string,
    private readonly form: RowForm = {},
  ) {
    this.name = `kafka:${topic}`;
  }

  async write(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    for (const chunk of recordChunks(rows.map((row) => outgoingRow(row, this.form)))) {
      signal.throwIfAborted();
      await this.send(chunk);
    }
    signal.throwIfAborted();
  }

  private async send(chunk: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.producer.send(this.topic, chunk);
    } catch (thrown) {
      if (!(thrown instanceof RecordTooLargeError)) throw thrown;
      const key = String(chunk[thrown.index]?.key).slice(0, 100);
      throw new FatalError(
        `topic ${this.topic} refuses the row of key '${key}' with ${thrown.bytes} bytes: raise its max.message.bytes, ` +
          'or bound what the aggregates collect',
        { cause: thrown },
      );
    }
  }
}

/** How rows become records. */
export interface RowForm {
  /** Whether windows hold their end: those of session, sliding and count. */
  readonly endIsInclusive?: boolean;
  /** Writes their values instead of JSON text. */
  readonly encoder?: ValueEncoder | undefined;
}

/** A version of a row as readers of a topic see it. Throws FatalError for one that the schema cannot hold. */
export function outgoingRow(row: Row, { endIsInclusive = false, encoder }: RowForm): OutgoingRecord {
  return {
    key: row.keyText,
    value: encoder ? encoded(row, encoder) : rowText(row),
    ...(row.window && { timestampMs: endIsInclusive ? row.window.endMs : row.window.endMs - 1 }),
    // One header: the rest is in the value.
    headers: { 'millrace-revision': row.revision.toString() },
  };
}

function encoded(row: Row, encoder: ValueEncoder): Uint8Array {
  try {
    return encoder.encode({ ...toRowJson(row) });
  } catch (error) {
    if (!(error instanceof PoisonRecordError)) throw error;
    throw new FatalError(`a row does not fit the schema ${encoder.schemaId} of its topic: ${error.message}`);
  }
}
