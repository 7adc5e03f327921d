import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { CommittedTasks } from '../../../src/api/committed-tasks';
import { FeedVector } from '../../../src/live/feed-vector';
import { LiveClient, type LiveClientOptions } from '../../../src/live/live-client';
import { type FeedSubscriber, PipelineFeed } from '../../../src/live/pipeline-feed';
import { SseStream } from '../../../src/live/sse-stream';
import { ApiFixture } from '../../support/api-fixture';
import { waitUntil } from '../../support/wait-until';

const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

/** A response whose reader the test holds back. */
class SlowResponse extends EventEmitter {
  written: string[] = [];
  isFull = false;
  writableEnded = false;
  destroyed = false;

  writeHead(): this {
    return this;
  }

  write(text: string): boolean {
    this.written.push(text);
    return !this.isFull;
  }

  end(): void {
    this.writableEnded = true;
    this.emit('close');
  }

  drain(): void {
    this.isFull = false;
    this.emit('drain');
  }

  /** Values of `max_pm25` by event, since the last call. */
  events(): readonly (readonly [event: string, values: readonly number[]])[] {
    const events = this.written.flatMap((text) => {
      const [, event = '', data = ''] = /^event: (\w+)\n.*\ndata: (.*)\n\n$/.exec(text) ?? [];
      if (data === '') return [];
      const { rows } = JSON.parse(data) as { rows: { values: { max_pm25: number } }[] };
      return [[event, rows.map(({ values }) => values.max_pm25)] as const];
    });
    this.written = [];
    return events;
  }
}

describe('LiveClient', () => {
  let world: ApiFixture;
  let response: SlowResponse;
  let feed: PipelineFeed;
  let client: LiveClient;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    response = new SlowResponse();
    feed = new PipelineFeed(world.pipeline, new CommittedTasks(world.pipelines(), world.ports()), world.store);
    client = clientOf();
    await client.open();
    response.events();
  });

  afterEach(() => feed.stop());

  function clientOf(changes: Partial<LiveClientOptions> = {}): LiveClient {
    return new LiveClient({
      pipeline: world.pipeline.name,
      outlet: new SseStream(response as unknown as ServerResponse),
      everyMs: 0,
      shared: feed,
      feed: world.store,
      key: new Map(),
      lastEventId: undefined,
      snapshot: () => Promise.resolve({ rows: [] }),
      onTrouble: () => undefined,
      ...changes,
    });
  }

  /** A client of which something happens after it has joined and before it goes on. */
  function joining(happens: (subscriber: FeedSubscriber) => void | Promise<void>): LiveClient {
    class SlowFeed extends PipelineFeed {
      override async join(subscriber: FeedSubscriber): Promise<void> {
        await super.join(subscriber);
        await happens(subscriber);
      }
    }
    response = new SlowResponse();
    feed.stop();
    feed = new SlowFeed(world.pipeline, new CommittedTasks(world.pipelines(), world.ports()), world.store);
    return clientOf();
  }

  async function record(location: string, value: number): Promise<void> {
    world.task(0).add(location, JUNE_1, value);
    await world.task(0).commit();
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('sends each change to a client that keeps up', async () => {
    await record('Beijing', 10);
    await record('Beijing', 20);
    expect(response.events()).toEqual([
      ['rows', [10]],
      ['rows', [20]],
    ]);
  });

  it('tells a client that wants an event now and then what changed in between, once', async () => {
    response = new SlowResponse();
    client = clientOf({ everyMs: 20 });
    await client.open();
    response.events();
    for (const value of [10, 20, 30, 40]) await record('Beijing', value);
    expect(response.events()).toEqual([['rows', [10]]]);
    await waitUntil('the next event is due', () => response.written.length > 0);
    expect(response.events()).toEqual([['rows', [40]]]);
  });

  it('sends a slow client the newest version of each row once it reads again', async () => {
    response.isFull = true;
    await record('Beijing', 10);
    for (const value of [20, 30, 40]) await record('Beijing', value);
    await record('Chengdu', 5);
    expect(response.events()).toEqual([['rows', [10]]]);
    response.drain();
    expect(response.events()).toEqual([['rows', [40, 5]]]);
  });

  it('sends a new snapshot to a client for which too many rows wait', async () => {
    response.isFull = true;
    await record('Beijing', 10);
    for (let i = 0; i < 5_001; i++) world.task(0).add(`post ${i}`, JUNE_1, i);
    await world.task(0).commit();
    await record('Beijing', 20);
    response.events();
    response.drain();
    await record('Beijing', 30);
    expect(response.events()).toEqual([
      ['snapshot', []],
      ['rows', [30]],
    ]);
  });

  it('lets a client go that does not read for a minute, and keeps the others alive by heartbeats', async () => {
    client.beat();
    expect(response.written.at(-1)).toMatch(/^: heartbeat\nid: .+@\d+\n\n$/);
    response.isFull = true;
    await record('Beijing', 10);
    for (let beat = 0; beat < 4; beat++) client.beat();
    expect(response.writableEnded).toBe(true);
  });

  it('ends the stream when the snapshot cannot be read, so that the client comes back', async () => {
    response = new SlowResponse();
    const troubles: unknown[] = [];
    const unlucky = clientOf({
      snapshot: () => Promise.reject(new Error('Redis is away')),
      onTrouble: (error) => troubles.push(error),
    });
    await unlucky.open();
    expect(troubles).toHaveLength(1);
    expect(response.writableEnded).toBe(true);
  });

  it('keeps what is committed while it joins until the snapshot is sent', async () => {
    await joining(() => record('Beijing', 10)).open();
    expect(response.events()).toEqual([
      ['snapshot', []],
      ['rows', [10]],
    ]);
  });

  it('sends one snapshot when the feed begins anew while it joins', async () => {
    await joining((subscriber) => subscriber.onReset(FeedVector.of(7n, new Map([[0, '1-0']])))).open();
    expect(response.written.at(-1)).toContain('id: 0:1-0@7');
    expect(response.events()).toEqual([['snapshot', []]]);
  });

  it('writes no heartbeat before the head of the stream', async () => {
    const slow = joining(() => slow.beat());
    await slow.open();
    expect(response.written[0]).toBe('retry: 1000\n\n');
  });
});
