import type { INestApplication } from '@nestjs/common';
import { LiveModule } from '../../../src/live/live.module';
import { ApiFixture } from '../../support/api-fixture';
import { SseReader } from '../../support/sse-reader';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

describe('GET /v1/pipelines/:name/live', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;
  let readers: SseReader[];

  beforeEach(async () => {
    readers = [];
    world = new ApiFixture();
    await world.claimAll();
    ({ app, url } = await world.start([LiveModule]));
  });

  afterEach(async () => {
    readers.forEach((reader) => reader.close());
    await app.close();
  });

  async function follow(query = '', lastEventId?: string): Promise<SseReader> {
    const reader = await SseReader.open(`${url}/v1/pipelines/air-quality-daily/live${query}`, lastEventId);
    readers.push(reader);
    return reader;
  }

  async function record(partition: number, location: string, day: number, value: number): Promise<void> {
    world.task(partition).add(location, JUNE_1 + day * DAY, value);
    await world.task(partition).commit();
  }

  it('sends a snapshot, then changed rows', async () => {
    await record(0, 'Beijing', 0, 10);
    const reader = await follow();
    const snapshot = await reader.next();
    expect(snapshot.event).toBe('snapshot');
    expect(snapshot.values('avg_pm25')).toEqual([10]);

    await record(1, 'Shanghai', 0, 30);
    const change = await reader.next();
    expect(change.event).toBe('rows');
    expect(change.values('avg_pm25')).toEqual([30]);
    expect(change.id).toMatch(/^0:1-0,1:1-0@\d+$/);
  });

  it('tells browsers when to come back', async () => {
    expect((await follow()).retryMs).toBe(1_000);
  });

  it('resumes after Last-Event-ID with nothing lost and nothing twice', async () => {
    await record(0, 'Beijing', 0, 10);
    await record(1, 'Shanghai', 0, 10);
    const first = await follow();
    const { id } = await first.next();
    first.close();
    for (const value of [20, 30, 40]) await record(0, 'Beijing', 0, value);
    await record(1, 'Shanghai', 0, 50);

    const second = await follow('', id);
    const events = [await second.next(), await second.next(), await second.next(), await second.next()];
    expect(events.map(({ event }) => event)).toEqual(['rows', 'rows', 'rows', 'rows']);
    expect(events.flatMap((event) => event.values('max_pm25'))).toEqual([20, 30, 40, 50]);
    await record(0, 'Beijing', 0, 60);
    expect((await second.next()).values('max_pm25')).toEqual([60]);
  });

  it('sends a new snapshot when what was missed is not known to be kept', async () => {
    const snapshotId = (await (await follow()).next()).id;
    for (const value of [20, 30]) await record(0, 'Beijing', 0, value);
    const reader = await follow('', snapshotId);
    const event = await reader.next();
    expect(event.event).toBe('snapshot');
    expect(event.values('max_pm25')).toEqual([30]);
  });

  it.each(['nonsense', '0:900-0,1:0-0@1732170000000000', '0:1-0,1:0-0@42'])(
    'sends a snapshot after an id that says nothing here: %s',
    async (id) => {
      await record(0, 'Beijing', 0, 10);
      expect((await (await follow('', id)).next()).event).toBe('snapshot');
    },
  );

  it('sends only rows of the wanted key', async () => {
    const reader = await follow('?key.location=Shanghai');
    await reader.next();
    await record(0, 'Beijing', 0, 10);
    await record(1, 'Shanghai', 0, 30);
    expect((await reader.next()).values('avg_pm25')).toEqual([30]);
  });

  it('leaves the snapshot out when none is wanted', async () => {
    await record(0, 'Beijing', 0, 10);
    expect((await (await follow('?limit=0')).next()).values('avg_pm25')).toEqual([]);
  });

  it('serves several clients from one follower', async () => {
    const both = [await follow(), await follow()];
    for (const reader of both) await reader.next();
    await record(0, 'Beijing', 0, 10);
    for (const reader of both) expect((await reader.next()).values('avg_pm25')).toEqual([10]);
  });

  it('ends streams when the service shuts down', async () => {
    const reader = await follow();
    await reader.next();
    await app.close();
    await expect(reader.ended).resolves.toBeUndefined();
  });
});
