import { embeddedPorts } from '../../../src/composition/embedded-ports';
import { silentLog } from '../../../src/core/ports/log.port';
import { PrometheusObserver } from '../../../src/metrics/prometheus-observer';
import { ProcessingService } from '../../../src/processing/processing.service';
import type { Ports } from '../../../src/runtime/ports';
import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../../support/pipelines';
import { waitUntil } from '../../support/wait-until';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const IDLE_AFTER_MS = 60_000;
const WAYS = {
  'record by record': { repartition: 'auto' },
  'as partial aggregates': { repartition: { preAggregate: true, range: 3 } },
};

describe.each(Object.entries(WAYS))('a process whose pipeline is repartitioned %s', (_, way) => {
  const pipeline = compiledWith({
    checkpoint: { interval: '10ms' },
    sinks: [{ kafka: { topic: 'rows' } }, { live: {} }],
    ...way,
  });
  let ports: Ports;
  let service: ProcessingService;
  let observer: PrometheusObserver;
  let stop: () => Promise<void>;
  let beganMs: number;

  const send = async (partition: number, ...readings: (Reading | string)[]): Promise<void> => {
    const values = readings.map((one) => (typeof one === 'string' ? one : recordOf(0, one).value));
    await ports.producer.send(
      'readings',
      values.map((value) => ({ key: null, value, partition })),
    );
  };
  const rows = async (): Promise<{ key: { key: string }; values: { n: number }; final: boolean }[]> => {
    const found: { key: { key: string }; values: { n: number }; final: boolean }[] = [];
    const consumer = ports.followerOf('rows');
    const extents = await ports.topics.extents('rows');
    const total = [...extents.values()].reduce((sum, { end }) => sum + Number(end), 0);
    await consumer.run({
      assigned: () => undefined,
      skipped: () => undefined,
      batch: ({ records }, { resolve }) => {
        for (const { value } of records) found.push(JSON.parse(Buffer.from(value!).toString()) as (typeof found)[0]);
        const last = records.at(-1);
        if (last) resolve(last.offset + 1n);
        return Promise.resolve();
      },
    });
    await waitUntil('the rows are read', () => found.length >= total);
    await consumer.stop();
    return found;
  };
  const run = async (): Promise<void> => {
    const consumer = (await service.prepare('test'))!;
    const runner = service.runner('test');
    await consumer.run({
      assigned: (partitions) => runner.assigned(partitions),
      skipped: () => undefined,
      batch: (batch, control) => runner.handle(batch, control),
    });
    stop = async () => {
      await service.beforeApplicationShutdown();
      await consumer.stop();
      await service.onApplicationShutdown();
    };
  };
  const accepted = (): number => service.status('test')!.tasks.reduce((sum, { counts }) => sum + counts.accepted, 0);

  beforeEach(async () => {
    beganMs = EPOCH_MS - IDLE_AFTER_MS - Math.floor(performance.now());
    ports = embeddedPorts({ now: () => beganMs + Math.floor(performance.now()) });
    observer = new PrometheusObserver();
    service = new ProcessingService({
      ...{ ports, observer, log: silentLog, shutdownMs: 5_000, cacheBytes: 1 << 20 },
      catalog: { pipelines: [pipeline], refused: [] } as never,
      awaitServers: () => Promise.resolve(),
    });
    await ports.topics.ensure([{ topic: 'readings', partitions: 4, purpose: 'source' }]);
  });
  afterEach(() => stop());

  it('counts records of a key together wherever they are, and closes windows though a partition stays empty', async () => {
    for (const partition of [0, 1, 2]) await send(partition, ...KEYS.map((key) => ({ key, at: 1, x: 1 })));
    await run();
    await waitUntil('all are accepted', () => accepted() === 15);
    // All partitions are idle now, and that takes the time of the others to before their records.
    beganMs += IDLE_AFTER_MS;
    // Partitions 1 and 2 are still in the window: it must not close for what partition 0 has.
    await send(0, { key: 'a', at: 30, x: 1 });
    await send(1, { key: 'a', at: 2, x: 1 });
    await waitUntil('the slower partition is accepted', () => accepted() === 17);
    await Promise.all([1, 2].map((partition) => send(partition, { key: 'b', at: 31, x: 1 })));
    await waitUntil('every window is closed', async () => (await rows()).filter(({ final }) => final).length === 5);
    const counts = (await rows()).filter(({ final }) => final).map(({ key, values }) => [key.key, values.n]);
    expect(Object.fromEntries(counts)).toEqual({ a: 4, b: 3, c: 3, d: 3, e: 3 });
    expect(service.status('test')).toMatchObject({
      state: 'running',
      repartition: { topic: expect.stringMatching(/^test\.\d+\.repartition$/), tasks: [{}, {}, {}, {}] },
    });
  });

  it('sends what cannot be read to the dead letters of the source, with its place there, and counts it once', async () => {
    await send(2, { key: 'a', at: 1, x: 1 }, 'no JSON', { key: 'a', at: 1, x: 2 });
    await run();
    await waitUntil('the readings are accepted', () => accepted() === 2);
    await waitUntil('a letter is there', async () => {
      const letters = await ports.topics.extents('readings.dead');
      return letters.get(0)?.end === 1n;
    });
    const metrics = await observer.registry.metrics();
    expect(metrics).toContain('millrace_records_total{pipeline="test",result="dead"} 1');
    expect(metrics).toContain('millrace_records_total{pipeline="test",result="accepted"} 2');
    expect(metrics).not.toMatch(/result="accepted"\} [^2]/);
  });

  it('removes the topics of older generations', async () => {
    await ports.topics.ensure([{ topic: 'test.7.repartition', partitions: 1, purpose: 'repartition' }]);
    await send(0, { key: 'a', at: 1, x: 1 });
    await run();
    await waitUntil('the reading is accepted', () => accepted() === 1);
    const topics = (await ports.topics.named('test.')).filter((topic) => topic.endsWith('.repartition'));
    expect(topics).toEqual([service.status('test')!.repartition!.topic]);
  });
});
