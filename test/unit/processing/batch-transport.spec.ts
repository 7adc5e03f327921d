import type { LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { BatchConsumer, BatchHandlers } from '../../../src/core/ports/batch-consumer.port';
import { BatchTransport } from '../../../src/processing/batch-transport';
import { ProcessingController } from '../../../src/processing/processing.controller';
import { ProcessingService } from '../../../src/processing/processing.service';

describe('a batch through Nest', () => {
  const said: unknown[] = [];
  const note = (...words: unknown[]): void => void said.push(words);
  const quiet = (): void => undefined;
  const logger: LoggerService = { log: quiet, debug: quiet, error: note, warn: note };

  /** The handlers that the transport gives its consumer, with `handle` where batches arrive. */
  async function handlersFor(handle: () => Promise<void>): Promise<{ handlers: BatchHandlers; end(): Promise<void> }> {
    const module = await Test.createTestingModule({
      controllers: [ProcessingController],
      providers: [{ provide: ProcessingService, useValue: { runner: () => ({ handle }) } }],
    }).compile();
    const handlers = Promise.withResolvers<BatchHandlers>();
    const consumer: BatchConsumer = {
      isDelivering: true,
      run: (given) => Promise.resolve(handlers.resolve(given)),
      quiesce: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      seek: quiet,
      mirror: () => Promise.resolve(),
    };
    const strategy = new BatchTransport('p', () => Promise.resolve(consumer));
    const app = module.createNestMicroservice({ strategy, logger });
    await app.listen();
    return { handlers: await handlers.promise, end: () => app.close() };
  }

  it('is taken when the runner has taken it', async () => {
    let taken = 0;
    const { handlers, end } = await handlersFor(() => Promise.resolve(void taken++));
    await handlers.batch({} as never, {} as never);
    expect(taken).toBe(1);
    await end();
  });

  it('fails with the very error of the heartbeat, which nobody calls an internal server error', async () => {
    const rebalance = new Error('REBALANCE_IN_PROGRESS');
    const { handlers, end } = await handlersFor(() => Promise.reject(rebalance));
    await expect(handlers.batch({} as never, {} as never)).rejects.toBe(rebalance);
    expect(said).toEqual([]);
    await end();
  });
});
