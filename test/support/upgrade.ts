import { embeddedPorts } from '../../src/composition/embedded-ports';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { Row } from '../../src/core/row/row';
import { assemble, runStage } from '../../src/processing/assemble';
import { rebuildPipeline, type RebuildOptions } from '../../src/processing/rebuild-pipeline';
import { deploy, type DeploymentPorts } from '../../src/runtime/deployment';
import type { Ports } from '../../src/runtime/ports';
import { newestRecords } from '../../src/runtime/shuffle/newest-records';
import { silentObserver } from '../../src/runtime/silent-observer';
import { compiledWith, type Reading, recordOf } from './pipelines';
import { waitUntil } from './wait-until';

/** A version in force that has processed something, and the log that a new one reads. */
export class Upgrade {
  readonly ports: Ports & Pick<DeploymentPorts, 'newestRecords'>;
  readonly written: Row[] = [];
  /** Called with each write of rows. */
  onWrite: () => void | Promise<void> = () => undefined;
  readonly giveUp = new AbortController();

  constructor(
    readonly before = compiledWith(),
    private readonly partitions = 1,
  ) {
    this.ports = {
      ...embeddedPorts(),
      newestRecords: (topic) => newestRecords(topic, this.ports),
      sinksOf: () =>
        Promise.resolve([
          {
            name: 'rows',
            write: async (rows) => {
              await this.onWrite();
              this.written.push(...rows);
            },
          },
        ]),
    };
  }

  async begin(...readings: Reading[]): Promise<this> {
    await this.ports.topics.ensure([{ topic: 'readings', partitions: this.partitions, purpose: 'source' }]);
    await this.produce(...readings);
    await deploy(this.before, this.ports);
    return this;
  }

  /** One after the other to each of the partitions, whatever their keys. */
  async produce(...readings: Reading[]): Promise<void> {
    const records = readings.map((reading, i) => {
      const { key, value } = recordOf(0, reading);
      return { key, value, partition: i % this.partitions };
    });
    await this.ports.producer.send('readings', records);
  }

  /** As a service that starts, comes to the end of the log, and stops in order. Throws what `deploy` does. */
  async run(pipeline: CompiledPipeline): Promise<void> {
    const { topic } = pipeline.definition.spec.source;
    const stage = await assemble(pipeline, this.partitions, {
      ...{ ports: this.ports, observer: silentObserver, log: () => undefined, tables: [], cacheBytes: 1 << 20 },
    });
    await runStage(stage);
    const ends = await this.ports.topics.extents(topic);
    await waitUntil('the end of the log is reached', () => {
      const reached = new Map(stage.runner.status().tasks.map((task) => [task.partition, BigInt(task.nextOffset)]));
      return [...ends].every(([partition, { end }]) => reached.get(partition) === end);
    });
    await stage.consumer.quiesce();
    await stage.runner.flush(5_000);
    stage.runner.stop();
    await stage.consumer.stop();
  }

  rebuild(pipeline: CompiledPipeline, options: Partial<RebuildOptions> = {}): ReturnType<typeof rebuildPipeline> {
    return rebuildPipeline({
      ...{ pipeline, ports: this.ports, from: 'earliest', acceptsLostBeginning: false, tables: [] },
      ...{ cacheBytes: 1 << 20, log: () => undefined, signal: this.giveUp.signal, onProgress: () => undefined },
      ...options,
    });
  }

  /** `second of the window: total` of the newest row of each window. */
  table(): Record<string, unknown> {
    const newest = new Map<number, Row>();
    for (const row of this.written) {
      const known = newest.get(row.window!.startMs);
      if (!known || row.revision > known.revision) newest.set(row.window!.startMs, row);
    }
    return Object.fromEntries([...newest].map(([start, { values }]) => [(start % 100_000) / 1000, values?.['total']]));
  }
}
