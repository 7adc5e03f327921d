import { CommittedTasks } from '../../../src/api/committed-tasks';
import type { FeedEntry, LiveFeed } from '../../../src/core/ports/live-feed.port';
import type { FeedVector } from '../../../src/live/feed-vector';
import { type FeedSubscriber, PipelineFeed } from '../../../src/live/pipeline-feed';
import { ApiFixture } from '../../support/api-fixture';
import { GENERATION } from '../../support/fixture-task';

const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');
const CHECK_MS = 5_000;
const NEXT_GENERATION = GENERATION + 1_000_000n;

class Recorder implements FeedSubscriber {
  joinedAt = '';
  readonly ids: string[] = [];
  readonly resets: string[] = [];

  onJoined(position: FeedVector): void {
    this.joinedAt = position.toString();
  }

  onEntries(entries: readonly { readonly partition: number; readonly id: string }[]): void {
    this.ids.push(...entries.map(({ partition, id }) => `${partition}:${id}`));
  }

  onReset(position: FeedVector): void {
    this.resets.push(position.toString());
  }
}

describe('PipelineFeed', () => {
  let world: ApiFixture;
  let followers: ((entries: readonly FeedEntry[]) => void)[];
  let feed: PipelineFeed;
  let recorder: Recorder;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    world = new ApiFixture();
    await world.claimAll();
    await record(0);
    followers = [];
    recorder = new Recorder();
    feed = new PipelineFeed(world.pipeline, new CommittedTasks(world.pipelines(), world.ports()), scriptedFeed());
  });

  afterEach(() => {
    feed.stop();
    jest.useRealTimers();
  });

  /** The store's feed, except that the test says when followers hear of an entry. */
  function scriptedFeed(): LiveFeed {
    return {
      read: (task, after, limit) => world.store.read(task, after, limit),
      extent: (task) => world.store.extent(task),
      follow(_tasks, onEntries, signal) {
        followers.push(onEntries);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    };
  }

  async function record(partition: number): Promise<void> {
    world.task(partition).add('Beijing', JUNE_1, 10);
    await world.task(partition).commit();
  }

  async function hear(partition: number, afterId: string): Promise<void> {
    const entries = await world.store.read({ pipeline: world.pipeline.name, partition }, afterId, 10);
    followers.at(-1)!(entries);
    await settled();
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  it('begins where the feed stands', async () => {
    await feed.join(recorder);
    expect(recorder.joinedAt).toBe(`0:1-0,1:0-0@${GENERATION}`);
  });

  it('reads what was committed before it really followed, when the first entry after it comes', async () => {
    await feed.join(recorder);
    await record(0);
    await record(0);
    await hear(0, '2-0');
    expect(recorder.ids).toEqual(['0:2-0', '0:3-0']);
    await record(0);
    await hear(0, '3-0');
    expect(recorder.ids).toEqual(['0:2-0', '0:3-0', '0:4-0']);
  });

  it('reads it after a while even when no other entry comes', async () => {
    await feed.join(recorder);
    await record(1);
    await jest.advanceTimersByTimeAsync(CHECK_MS);
    await settled();
    expect(recorder.ids).toEqual(['1:1-0']);
  });

  /** The first commit of another generation, as by a process that deployed it. */
  async function redeploy(): Promise<void> {
    const { pipeline, store } = world;
    const next = { generation: NEXT_GENERATION, fingerprint: 'f', repartitioned: false, partitions: 2 };
    await store.redeploy(pipeline.name, next, 2);
    const { epoch } = await store.claim({ pipeline: pipeline.name, partition: 0 }, 'worker-2');
    for (const commit of [1n, 2n, 3n]) {
      await store.commit(
        { pipeline: pipeline.name, partition: 0 },
        { epoch, commit },
        {
          generation: NEXT_GENERATION,
          progress: { ...world.task(0).progress, nextOffset: commit, feedId: `${commit}-0` },
          ...{ upserts: [], removals: [], droppedSegments: [], pendingAdded: [], pendingCleared: [] },
          feed: ['{"pipeline":"p","key":{},"revision":"1","final":false}'],
        },
      );
      if (commit === 1n) await reset();
    }
  }

  async function reset(): Promise<void> {
    await jest.advanceTimersByTimeAsync(CHECK_MS);
    await settled();
  }

  it('begins anew when the pipeline has a new generation', async () => {
    await feed.join(recorder);
    await redeploy();
    expect(recorder.resets).toEqual([`0:1-0,1:0-0@${NEXT_GENERATION}`]);
    expect(followers).toHaveLength(2);
  });

  it('does not take what it heard before it began anew for having followed since', async () => {
    await feed.join(recorder);
    const peek = world.store.peek.bind(world.store);
    // An entry of the old generation waits in the queue behind the look that finds the new one.
    const stale = await world.store.read({ pipeline: world.pipeline.name, partition: 0 }, '0-0', 1);
    jest.spyOn(world.store, 'peek').mockImplementation((task) => {
      if (followers.length === 1) followers[0]!(stale);
      return peek(task);
    });
    await redeploy();
    await hear(0, '2-0');
    expect(recorder.ids).toEqual(['0:2-0', '0:3-0']);
  });

  it('follows only while somebody listens', async () => {
    await feed.join(recorder);
    feed.leave(recorder);
    expect(jest.getTimerCount()).toBe(0);
    await feed.join(recorder);
    expect(followers).toHaveLength(2);
  });
});
