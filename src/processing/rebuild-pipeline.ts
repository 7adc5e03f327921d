import { FatalError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import { isExact, type Sink } from '../core/ports/row-sink.port';
import type { Deployment, StateStore } from '../core/ports/state-store.port';
import { shadowName } from '../core/task/task-id';
import type { RuntimeLog } from '../runtime/events';
import type { SharedTable } from '../runtime/lookup/task-lookups';
import type { Ports } from '../runtime/ports';
import { beginRebuild, type BegunRebuild, type RebuildRequest } from '../runtime/rebuild-start';
import { retryTransient } from '../runtime/retry';
import { shadowStore } from '../runtime/shadow-store';
import { readableRecords } from '../runtime/shuffle/readable-records';
import { silentObserver } from '../runtime/silent-observer';
import { type Assembled, assembleGeneration, runStage } from './assemble';
import { HeldUpdates } from './held-updates';
import { RebuildStage, type StageProgress } from './rebuild-stage';

export interface RebuildOptions extends RebuildRequest {
  readonly ports: Ports;
  /** The tables of the pipeline's lookups, in their order. */
  readonly tables: readonly SharedTable[];
  /** Bound of the resident state. */
  readonly cacheBytes: number;
  readonly log: RuntimeLog;
  /** Gives the rebuild up; the version in force is as it was. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StageProgress) => void;
}

/**
 * Computes a pipeline anew beside the version in force, and lets it take over:
 *
 *  1. Begin     a new generation, with a state of its own, where the log begins
 *  2. Catch up  rows of windows that close are written; those of open windows are held back
 *  3. Finish    rows of open windows are written, and everything is committed
 *  4. Swap      state and definition take over in one atomic step; owners of the state before are fenced
 *
 * Until step 3 every row that it writes is complete, and greater in revision than the row in force. Up to step 4 nothing of
 * the version in force has changed but those rows: whenever it ends before, it can be done again.
 * Throws what {@link beginRebuild} does, FatalError when it cannot go on, FencedError when a reset or another rebuild
 * came before it, AbortedError. Returns what is in force.
 */
export async function rebuildPipeline(options: RebuildOptions): Promise<Deployment> {
  const { pipeline, ports, signal } = options;
  const newest = (topic: string): ReturnType<typeof readableRecords> => readableRecords(pipeline, topic, ports);
  const begun = await beginRebuild(options, { ...ports, newestRecords: newest });
  const updates = new HeldUpdates();
  const assembled = await assembleShadow(options, begun, updates);
  try {
    await catchUpAndFinish(options, { begun, assembled, updates });
  } finally {
    await Promise.all([assembled.shuffle?.consumer.stop(), assembled.consumer.stop()]);
  }
  const swap = (): Promise<void> => ports.rebuildStore.swap(pipeline.name, begun.next, begun.partitionsToSwap);
  await retryTransient(swap, { signal, onFailure: () => undefined });
  return begun.next;
}

function assembleShadow(
  { pipeline, ports, tables, cacheBytes, log }: RebuildOptions,
  { next, partitions }: BegunRebuild,
  updates: HeldUpdates,
): Promise<Assembled> {
  const { generation } = next;
  const shadowed = {
    ...ports,
    stateStore: shadowStore(ports.stateStore, generation),
    consumerOf: (group: string, topic: string) => withoutMirror(ports.consumerOf(shadowName(group, generation), topic)),
    sinksOf: async (of: CompiledPipeline) => (await ports.sinksOf(of)).map(forRebuild),
  };
  return assembleGeneration(pipeline, next, {
    ...{ ports: shadowed, tables, cacheBytes, log, observer: silentObserver, sourcePartitions: partitions },
    deploy: () => stillBegun(ports.stateStore, pipeline.name, generation),
    emits: (stage) => updates.hold(stage),
  });
}

interface Shadow {
  readonly begun: BegunRebuild;
  readonly assembled: Assembled;
  readonly updates: HeldUpdates;
}

/** Steps 2 and 3. A shuffle is finished first: what it appends last is then in reach of the tasks that aggregate. */
async function catchUpAndFinish(options: RebuildOptions, { begun, assembled, updates }: Shadow): Promise<void> {
  const { pipeline, ports, onProgress, signal } = options;
  const { generation } = begun.next;
  const source = pipeline.definition.spec.source.topic;
  const store = shadowStore(ports.stateStore, generation);
  const check = (): Promise<bigint> => stillBegun(ports.stateStore, pipeline.name, generation);
  const common = { topics: ports.topics, store, check, signal, onProgress };
  const { shuffle } = assembled;
  const first = new RebuildStage({ ...common, stage: shuffle ?? assembled, topic: source, offsets: begun.offsets });
  const last = shuffle ? new RebuildStage({ ...common, stage: assembled, topic: shuffle.topic }) : first;
  try {
    if (shuffle) void runStage(shuffle);
    void runStage(assembled);
    let ends = await first.caughtUp();
    if (last !== first) await last.caughtUp();
    if (last !== first) {
      await first.finish(ends);
      ends = await last.caughtUp();
    }
    updates.release();
    await last.finish(ends);
  } finally {
    assembled.runner.stop();
    shuffle?.runner.stop();
  }
}

/** A rebuild that may not take over need not go on. */
async function stillBegun(store: StateStore, name: string, generation: bigint): Promise<bigint> {
  const inForce = await store.deployment(name);
  if (inForce?.rebuilding === generation) return generation;
  throw new FatalError(`The rebuild of ${name} was ended by a reset, by a later rebuild, or by a loss of the store`);
}

function forRebuild(sink: Sink): Sink {
  return isExact(sink) ? (sink.forRebuild?.() ?? sink) : sink;
}

/** Offsets of a rebuild are in its state; a group that has none leaves nothing behind. */
function withoutMirror(consumer: BatchConsumer): BatchConsumer {
  return {
    get isDelivering() {
      return consumer.isDelivering;
    },
    run: (handlers) => consumer.run(handlers),
    seek: (partition, offset) => consumer.seek(partition, offset),
    quiesce: () => consumer.quiesce(),
    stop: () => consumer.stop(),
    mirror: () => Promise.resolve(),
  };
}
