import { embeddedPorts } from '../../../src/composition/embedded-ports';
import { STANDARD_LANGUAGE } from '../../../src/core/pipeline/language';
import { silentLog } from '../../../src/core/ports/log.port';
import type { TopicSpec } from '../../../src/core/ports/topic-admin.port';
import type { Row } from '../../../src/core/row/row';
import { StartupState } from '../../../src/health/startup-state';
import { PrometheusObserver } from '../../../src/metrics/prometheus-observer';
import { ProcessingService } from '../../../src/processing/processing.service';
import type { Ports } from '../../../src/runtime/ports';
import { compiledWith, recordOf } from '../../support/pipelines';
import { waitUntil } from '../../support/wait-until';

const lookup = { table: 'topic', name: 'sensors', on: 'key', as: 'sensor', maxEntries: 2 };

describe('a service whose pipeline looks records up in a topic', () => {
  let ports: Ports;
  let service: ProcessingService;
  /** All rows that were emitted, in their order. */
  let rows: Row[];

  const serve = (spec: Record<string, unknown> = { lookup }): void => {
    const aggregate = { limit: 'max(sensor)', n: 'count()' };
    service = new ProcessingService({
      ...{ ports, log: silentLog, shutdownMs: 5_000, cacheBytes: 1 << 20, awaitServers: () => Promise.resolve() },
      catalog: {
        pipelines: [compiledWith({ aggregate, checkpoint: { interval: '10ms' }, ...spec })],
        refused: [],
        language: STANDARD_LANGUAGE,
      },
      observer: new PrometheusObserver(),
    });
  };

  beforeEach(() => {
    rows = [];
    const write = (emitted: readonly Row[]): Promise<void> => Promise.resolve(void rows.push(...emitted));
    ports = { ...embeddedPorts(), sinksOf: () => Promise.resolve([{ name: 'test', write }]) };
  });
  afterEach(() => service.beforeApplicationShutdown());

  const createTable = () => ports.topics.ensure([{ topic: 'sensors', partitions: 1, purpose: 'reference' }]);
  const put = (key: string, value: string) => ports.producer.send('sensors', [{ key, value }]);
  const produce = (at: number) => {
    const { key, value } = recordOf(0, { key: 'a', at, x: 1 });
    return ports.producer.send('readings', [{ key, value }]);
  };

  it('creates the topic as a table when it is not there', async () => {
    const { topics } = ports;
    const created: TopicSpec[] = [];
    const { ensure } = topics;
    topics.ensure = (specs) => {
      created.push(...specs);
      return ensure.call(topics, specs);
    };
    serve({ lookup: [lookup, { ...lookup, name: 'old', as: 'then', pointInTime: true }] });
    await service.prepare('test');
    expect(created).toContainEqual({ topic: 'sensors', partitions: 1, purpose: 'reference' });
    expect(created).toContainEqual({ topic: 'old', partitions: 1, purpose: 'source' });
  });

  it('reads it to its end before the first record, and sees what changes then', async () => {
    await createTable();
    await put('a', '5');
    await put('a', '7');
    const waitedFor: unknown[] = [];
    const { followerOf } = ports;
    ports = {
      ...ports,
      followerOf: (topic) => {
        waitedFor.push(service.waitsForTable);
        return followerOf(topic);
      },
    };
    serve();
    const consumer = await service.prepare('test');
    expect(service.waitsForTable).toBeUndefined();
    expect(waitedFor).toEqual([
      { dependency: 'topic sensors', reason: 'It is read into a lookup table: it waits to be read.' },
    ]);
    await consumer!.run({
      assigned: (partitions) => service.runner('test').assigned(partitions),
      skipped: () => undefined,
      batch: (batch, control) => service.runner('test').handle(batch, control),
    });
    await produce(1);
    await waitUntil('the record is counted', () => accepted() === 1);
    await put('a', '9');
    await waitUntil('a record sees the change', async () => {
      await produce(2);
      return rows.some(({ values }) => values!['limit'] === 9);
    });
    expect(rows[0]!.values!['limit']).toBe(7);
    await consumer!.stop();
  });

  it('has failed when the topic has more entries than allowed', async () => {
    await createTable();
    serve();
    for (const key of ['a', 'b', 'c']) await put(key, '1');
    expect(await service.prepare('test')).toBeUndefined();
    expect(service.status('test')).toMatchObject({ state: 'failed' });
    expect(service.status('test')?.reason).toMatch(/more than 2 entries; raise maxEntries/);
    expect(service.waitsForTable).toBeUndefined();
  });

  const accepted = () => service.status('test')!.tasks.reduce((sum, { counts }) => sum + counts.accepted, 0);
});

describe('start-up', () => {
  it('waits for tables once the servers have answered', () => {
    const startup = new StartupState();
    let waiting: { dependency: string; reason: string } | undefined = { dependency: 'topic t', reason: 'r' };
    startup.alsoWaitFor(() => waiting);
    expect(startup.waitsFor?.dependency).toBe('process');
    startup.done();
    expect(startup.waitsFor).toEqual(waiting);
    waiting = undefined;
    expect(startup.waitsFor).toBeUndefined();
  });
});
