import { compareFeedIds } from '../core/task/feed-id';

const START = '0-0';
const TEXT = /^(\d+:\d+-\d+(,\d+:\d+-\d+)*)?@\d+$/;

/**
 * How far a client has read: the feed id of each partition, and the generation that the ids belong to, because a new
 * generation counts from the start again. Its text, `0:120-3,1:88-0@1732170000000000`, is the `id` of an SSE event.
 */
export class FeedVector {
  private constructor(
    readonly generation: bigint,
    private readonly ids: ReadonlyMap<number, string>,
  ) {}

  static of(generation: bigint, ids: ReadonlyMap<number, string>): FeedVector {
    return new FeedVector(generation, ids);
  }

  /** `undefined` for a text that no vector has: whoever sends it is served from the start. */
  static parse(text: string): FeedVector | undefined {
    if (!TEXT.test(text)) return undefined;
    const [ids = '', generation = '0'] = text.split('@');
    const pairs = ids === '' ? [] : ids.split(',').map((pair) => pair.split(':'));
    return new FeedVector(
      BigInt(generation),
      new Map(pairs.map(([partition, id]) => [Number(partition), id ?? START])),
    );
  }

  get partitions(): readonly number[] {
    return [...this.ids.keys()];
  }

  /** `0-0` for a partition of which nothing is read. */
  idOf(partition: number): string {
    return this.ids.get(partition) ?? START;
  }

  /** Whether `id` comes after what is read of `partition`. */
  isBefore(partition: number, id: string): boolean {
    return compareFeedIds(this.idOf(partition), id) < 0;
  }

  /** The vector once `id` is read too; never goes back. */
  with(partition: number, id: string): FeedVector {
    if (!this.isBefore(partition, id)) return this;
    return new FeedVector(this.generation, new Map(this.ids).set(partition, id));
  }

  toString(): string {
    const pairs = [...this.ids].sort(([a], [b]) => a - b).map(([partition, id]) => `${partition}:${id}`);
    return `${pairs.join(',')}@${this.generation}`;
  }
}
