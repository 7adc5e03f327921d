import type { OutgoingRecord } from '../../core/ports/record-producer.port';
import type { ExactRowSink, RowsDelta, SinkClaim, SinkState, TaskRowSink } from '../../core/ports/row-sink.port';
import type { TransactionLog, TransactionWriter } from '../../core/ports/transaction-log.port';
import type { Row } from '../../core/row/row';
import { taskName } from '../../core/task/task-id';
import { outgoingRow, type RowForm } from './kafka-row-sink';
import { PREVIOUS_HEADER, rememberSince, TASK_HEADER } from './sent-history';
import { SentRows } from './sent-rows';
import { decodeTransaction, encodeTransaction, rangesOf, type SentTransaction } from './sent-transaction';

/** Of the newest transaction that the checkpoint knows, in what the sink keeps there. */
const SEQUENCE = 'sequence';

/**
 * Appends each version of a row to a topic once, for readers with `isolation.level=read_committed`: one transaction for
 * each task and checkpoint. Records are those of `KafkaRowSink`, with the task's name in a header and, in the first record of
 * a transaction, the place of the one before: docs/adr/0012-exactly-once-output-topics.md.
 */
export class KafkaTransactionalRowSink implements ExactRowSink {
  readonly name: string;

  constructor(
    private readonly log: TransactionLog,
    private readonly topic: string,
    private readonly form: RowForm = {},
  ) {
    this.name = `kafka:${topic}`;
  }

  async openFor(claim: SinkClaim): Promise<TaskRowSink> {
    const { log, topic, name, form } = this;
    const target = { task: claim.task, sourceTopic: claim.sourceTopic, topic };
    const writer = await log.open(target);
    try {
      const newest = writer.left && decodeTransaction(writer.left.memo);
      const sent = new SentRows();
      sent.restore(claim.state);
      const known = sequenceOf(claim.state);
      await rememberSince({ log, target, newest, known, generation: claim.generation, sent });
      return new TaskPart({ name, topic, form, claim, writer, sent, newest, known });
    } catch (error) {
      await writer.close();
      throw error;
    }
  }
}

function sequenceOf(state: SinkClaim['state']): bigint {
  return BigInt(new TextDecoder().decode(state.get(SEQUENCE)) || 0);
}

interface TaskPartOptions {
  readonly name: string;
  readonly topic: string;
  readonly form: RowForm;
  readonly claim: SinkClaim;
  readonly writer: TransactionWriter;
  readonly sent: SentRows;
  readonly newest: SentTransaction | undefined;
  /** The sequence that the checkpoint has. */
  readonly known: bigint;
}

class TaskPart implements TaskRowSink {
  readonly name: string;
  private newest: SentTransaction | undefined;
  private nextOffset: bigint;
  private known: bigint;

  constructor(private readonly options: TaskPartOptions) {
    const { name, newest, known, writer, claim } = options;
    this.name = name;
    this.newest = newest;
    this.known = known;
    // A new generation may begin anew.
    this.nextOffset = newest?.generation === claim.generation ? (writer.left?.nextOffset ?? 0n) : 0n;
  }

  async write(
    rows: readonly Row[],
    { nextOffset, leavesHalfClosed }: RowsDelta,
    signal: AbortSignal,
  ): Promise<SinkState> {
    const unsent = this.options.sent.unsent(rows);
    if (nextOffset > this.nextOffset) this.nextOffset = nextOffset;
    if (unsent.length > 0) await this.send(unsent, signal);
    return this.changes(leavesHalfClosed);
  }

  close(): Promise<void> {
    return this.options.writer.close();
  }

  private async send(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    const { writer, topic, claim } = this.options;
    const sequence = this.sequence + 1n;
    let next: SentTransaction | undefined;
    await writer.commit(
      this.recordsOf(rows),
      (positions) => {
        next = { topic, generation: claim.generation, sequence, ranges: rangesOf(positions) };
        return { nextOffset: this.nextOffset, memo: encodeTransaction(next) };
      },
      signal,
    );
    this.newest = next;
  }

  private recordsOf(rows: readonly Row[]): readonly OutgoingRecord[] {
    const { claim, form } = this.options;
    const task = taskName(claim.task);
    const { newest } = this;
    return rows.map((row, i) => {
      const record = outgoingRow(row, form);
      const previous = i === 0 && newest && { [PREVIOUS_HEADER]: encodeTransaction(newest) };
      return { ...record, headers: { ...record.headers, [TASK_HEADER]: task, ...previous } };
    });
  }

  /** The group forgets marks after weeks without one; the checkpoint does not. */
  private get sequence(): bigint {
    const sequence = this.newest?.sequence ?? 0n;
    return sequence > this.known ? sequence : this.known;
  }

  /**
   * With windows half closed, the checkpoint does not learn of the newest transactions: the next owner reads them again, because
   * their final rows would come again.
   */
  private changes(leavesHalfClosed: boolean): SinkState {
    if (!leavesHalfClosed) this.options.sent.settle();
    const { upserts, removals } = this.options.sent.changes();
    if (leavesHalfClosed || this.sequence === this.known) return { upserts, removals };
    this.known = this.sequence;
    const value = new TextEncoder().encode(this.known.toString());
    return { upserts: [...upserts, { name: SEQUENCE, value }], removals };
  }
}
