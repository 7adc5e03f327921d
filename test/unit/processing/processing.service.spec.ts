import { embeddedPorts } from '../../../src/composition/embedded-ports';
import { TransientError } from '../../../src/core/errors';
import { STANDARD_LANGUAGE } from '../../../src/core/pipeline/language';
import { silentLog } from '../../../src/core/ports/log.port';
import { PrometheusObserver } from '../../../src/metrics/prometheus-observer';
import { ASSIGNED, BatchContext, BatchTransport, RECORDS } from '../../../src/processing/batch-transport';
import { ProcessingController } from '../../../src/processing/processing.controller';
import { ProcessingService } from '../../../src/processing/processing.service';
import type { Ports } from '../../../src/runtime/ports';
import { compiledWith, recordOf } from '../../support/pipelines';
import { waitUntil } from '../../support/wait-until';

const SHUTDOWN_MS = 20_000;

describe('the pipelines of a process', () => {
  let ports: Ports;
  let service: ProcessingService;
  let transport: BatchTransport | undefined;

  beforeEach(() => {
    ports = embeddedPorts();
    transport = undefined;
  });
  afterEach(async () => {
    await service.beforeApplicationShutdown();
    await transport?.close();
  });

  const create = (awaitServers = (): Promise<void> => Promise.resolve()): void => {
    service = new ProcessingService({
      ...{ ports, log: silentLog, shutdownMs: SHUTDOWN_MS, cacheBytes: 1 << 20, awaitServers },
      catalog: { pipelines: [compiledWith()], refused: [], language: STANDARD_LANGUAGE },
      observer: new PrometheusObserver(),
    });
  };

  /** As a Nest microservice does. */
  const compute = (): void => {
    const controller = new ProcessingController(service);
    transport = new BatchTransport('test', () => service.prepare('test'));
    transport.addHandler(ASSIGNED, (partitions, context: BatchContext) =>
      Promise.resolve(controller.assigned(partitions as number[], context)),
    );
    transport.addHandler(RECORDS, (batch, context: BatchContext) => controller.records(batch as never, context));
    transport.listen(() => undefined);
  };

  const storeAway = (reason: string): void => {
    ports.stateStore.claim = () => Promise.reject(new TransientError(reason));
  };

  describe('of a process that only serves', () => {
    it('run, with their partitions and no task, once their topics are there', async () => {
      create();
      expect(service.status('test')).toMatchObject({ state: 'starting', partitions: 0 });
      await service.observe('test');
      const partitions = await ports.topics.partitionCount('readings');
      expect(service.status('test')).toEqual({ name: 'test', state: 'running', partitions, tasks: [] });
    });

    it('have failed, with the reason, when their topics cannot be made', async () => {
      create(() => Promise.reject(new Error('Kafka refuses the password')));
      await service.observe('test');
      expect(service.status('test')).toMatchObject({ state: 'failed', reason: 'Kafka refuses the password' });
    });
  });

  it('start, and say for what they wait, while a task cannot be claimed', async () => {
    storeAway('Redis is away');
    create();
    compute();
    await waitUntil('the task waits', () => service.status('test')?.reason === 'Redis is away');
    expect(service.status('test')).toMatchObject({ state: 'starting', tasks: [{ state: 'claiming' }, {}, {}, {}] });
  });

  it('end well within the time for it while a task waits to be claimed with records at hand', async () => {
    storeAway('Redis is away');
    create();
    compute();
    await waitUntil('the task waits', () => service.status('test')?.reason === 'Redis is away');
    const { key, value } = recordOf(0, { key: 'a', at: 1, x: 1 });
    await ports.producer.send('readings', [{ key, value }]);
    const beganMs = performance.now();
    await service.beforeApplicationShutdown();
    await transport?.close();
    expect(performance.now() - beganMs).toBeLessThan(SHUTDOWN_MS / 4);
  });

  it('end in time even when a batch does not', async () => {
    create();
    const consumer = (await service.prepare('test'))!;
    const quiesce = jest.spyOn(consumer, 'quiesce').mockReturnValue(new Promise(() => undefined));
    jest.useFakeTimers();
    try {
      const ended = service.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(SHUTDOWN_MS);
      await ended;
    } finally {
      jest.useRealTimers();
      quiesce.mockRestore();
    }
  });
});
