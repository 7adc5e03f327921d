import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { MemoryLog } from '../../../src/adapters/memory/memory-log';
import { MemoryTopicReader } from '../../../src/adapters/memory/memory-topic-reader';
import { airQuality, ApiFixture } from '../../support/api-fixture';
import { compiledWith, EPOCH_MS } from '../../support/pipelines';

describe('GET /v1/pipelines/:name/history', () => {
  let app: INestApplication;
  let url: string;

  async function start(pipeline = compiledWith({ window: { kind: 'global' } })): Promise<void> {
    const world = new ApiFixture(pipeline);
    const log = new MemoryLog({ now: () => EPOCH_MS });
    await log.ensure([{ topic: 'readings', partitions: 1, purpose: 'source' }]);
    await log.send(
      'readings',
      [1, 2, 3].map((x) => ({
        key: 'a',
        value: JSON.stringify({ key: 'a', t: EPOCH_MS, x }),
        timestampMs: EPOCH_MS + x,
      })),
    );
    const ports = { ...world.ports(), topics: log, topicReader: new MemoryTopicReader(log) };
    jest.spyOn(world, 'ports').mockReturnValue(ports);
    ({ app, url } = await world.start([ApiModule]));
  }
  afterEach(() => app.close());

  async function get(query: string, name = 'test'): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${url}/v1/pipelines/${name}/history${query}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('gives what a key was before an offset, before a time, and now', async () => {
    await start();
    expect((await get('?key.key=a')).body).toMatchObject({
      ...{ pipeline: 'test', key: { key: 'a' }, partition: 0, nextOffset: '3', events: 3, values: { total: 6 } },
    });
    expect((await get('?key.key=a&at=offset:2')).body).toMatchObject({ nextOffset: '2', values: { total: 3 } });
    const time = new Date(EPOCH_MS + 2).toISOString();
    expect((await get(`?key.key=a&at=${time}`)).body).toMatchObject({ nextOffset: '1', values: { total: 1 } });
  });

  it.each([
    ['', 'key.key', 'It is needed'],
    ['?key.key=a&at=soon', 'at', 'ISO 8601'],
    ['?key.other=a', 'key.other', 'key.key'],
    ['?key.key=a&key.key=b', 'key.key', 'once'],
  ])('refuses %s, naming the parameter', async (query, parameter, remedy) => {
    await start();
    const { status, body } = await get(query);
    expect(status).toBe(400);
    expect(body).toMatchObject({ parameter, detail: expect.stringContaining(remedy) });
  });

  it('says what keeps the topic from telling', async () => {
    await start(airQuality());
    const { status, body } = await get('?key.location=Beijing', 'air-quality-daily');
    expect(status).toBe(409);
    expect(body).toMatchObject({ type: 'urn:millrace:problem:no-history', detail: expect.stringContaining('global') });
  });
});
