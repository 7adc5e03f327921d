import { FatalError, FencedError, messageOf, RecordTooLargeError } from '../../core/errors';
import type { FeedLog, FeedTarget, FeedWriter } from '../../core/ports/feed-log.port';
import type { OutgoingRecord, RecordPosition } from '../../core/ports/record-producer.port';
import type { MemoryLog } from './memory-log';

interface Written {
  turn: number;
  state?: string;
}

/** Twin of the feeds' log in Kafka: an append and the state are one step of the process. */
export class MemoryFeedLog implements FeedLog {
  private readonly feeds = new Map<string, Written>();

  constructor(private readonly log: MemoryLog) {}

  open({ feed, topic }: FeedTarget): Promise<FeedWriter> {
    const written = this.feeds.get(feed) ?? { turn: 0 };
    this.feeds.set(feed, written);
    const turn = ++written.turn;
    let closed = false;
    const commit = async (records: readonly OutgoingRecord[], state: string, signal: AbortSignal) => {
      signal.throwIfAborted();
      if (closed || written.turn !== turn) throw new FencedError(`feed ${feed} has another writer`);
      try {
        const positions = await this.append(topic, records);
        written.state = state;
        return positions;
      } catch (thrown) {
        closed = true;
        if (thrown instanceof RecordTooLargeError) throw new FatalError(messageOf(thrown), { cause: thrown });
        throw thrown;
      }
    };
    const close = (): Promise<void> => {
      closed = true;
      return Promise.resolve();
    };
    return Promise.resolve({ left: written.state, commit, close });
  }

  private append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    return records.length === 0 ? Promise.resolve([]) : this.log.send(topic, records);
  }
}
