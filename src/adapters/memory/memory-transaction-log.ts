import { FatalError, FencedError, messageOf, RecordTooLargeError } from '../../core/errors';
import type { OutgoingRecord, RecordPosition } from '../../core/ports/record-producer.port';
import type {
  RecordRangeReader,
  TransactionLog,
  TransactionMark,
  TransactionTarget,
  TransactionWriter,
} from '../../core/ports/transaction-log.port';
import { taskName } from '../../core/task/task-id';
import type { MemoryLog } from './memory-log';

/** Twin of Kafka's transactions: an append is one step of the process, so that nothing is ever half done. */
export class MemoryTransactionLog implements TransactionLog {
  /** The newest writer's turn, by task and topic. */
  private readonly turns = new Map<string, number>();

  constructor(private readonly log: MemoryLog) {}

  async open(target: TransactionTarget): Promise<TransactionWriter> {
    const { task, sourceTopic } = target;
    const name = `${taskName(task)}/${target.topic}`;
    const turn = (this.turns.get(name) ?? 0) + 1;
    this.turns.set(name, turn);
    const offsets = await this.log.mirrored(outGroup(target), sourceTopic);
    const left = offsets.find(({ partition }) => partition === task.partition);
    return new MemoryTransactionWriter(
      this.log,
      target,
      left && { nextOffset: left.nextOffset, memo: left.metadata },
      () => this.turns.get(name) === turn,
    );
  }

  reader({ topic }: TransactionTarget): RecordRangeReader {
    const all = Number.MAX_SAFE_INTEGER;
    return {
      read: (ranges) =>
        Promise.resolve(
          ranges.flatMap(({ partition, first, last }) =>
            this.log.read(topic, partition, first, all).records.filter(({ offset }) => offset <= last),
          ),
        ),
      close: () => Promise.resolve(),
    };
  }
}

class MemoryTransactionWriter implements TransactionWriter {
  private closed = false;

  constructor(
    private readonly log: MemoryLog,
    private readonly target: TransactionTarget,
    readonly left: TransactionMark | undefined,
    private readonly isNewest: () => boolean,
  ) {}

  async commit(
    records: readonly OutgoingRecord[],
    markOf: (positions: readonly RecordPosition[]) => TransactionMark,
    signal: AbortSignal,
  ): Promise<void> {
    const { task, topic, sourceTopic } = this.target;
    signal.throwIfAborted();
    if (this.closed || !this.isNewest()) throw new FencedError(`${taskName(task)} has another writer of ${topic}`);
    try {
      const { nextOffset, memo } = markOf(await this.log.send(topic, records));
      this.log.commitMirror(outGroup(this.target), sourceTopic, task.partition, nextOffset, memo);
    } catch (thrown) {
      this.closed = true;
      if (thrown instanceof RecordTooLargeError) throw new FatalError(messageOf(thrown), { cause: thrown });
      throw thrown;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function outGroup({ task }: TransactionTarget): string {
  return `${task.pipeline}.out`;
}
