import { CutOffService } from '../support/cut-off-service';
import { FaultedPipeline } from '../support/faulted-pipeline';
import type { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const TASKS = 4;

interface PipelineAnswer {
  readonly tasks: readonly { readonly partition: number; readonly state: string; readonly epoch: string }[];
}

describe('an owner that is cut off', () => {
  let pipeline: FaultedPipeline;
  let owner: CutOffService;

  beforeEach(async () => {
    pipeline = await FaultedPipeline.prepare({ name: 'owner-cut-off', env: {} });
  });
  afterEach(async () => {
    await owner?.links.kafka.mend().catch(() => undefined);
    await owner?.close();
    await pipeline.close();
  });

  /** Epochs of the tasks that run in this process, by partition. */
  const running = async (service: ServiceProcess): Promise<ReadonlyMap<number, string>> => {
    const { tasks } = await service.json<PipelineAnswer>(`/v1/pipelines/${pipeline.copy.name}`);
    return new Map(tasks.filter(({ state }) => state === 'running').map(({ partition, epoch }) => [partition, epoch]));
  };
  const runs = (service: ServiceProcess, count: number): Promise<ReadonlyMap<number, string>> =>
    waitUntil(`${service.url} runs ${count} tasks, see ${service.logFile}`, async () => {
      const tasks = await running(service);
      return tasks.size === count && tasks;
    });

  it.each(['redis', 'kafka'] as const)(
    'from %s loses its tasks to the other, drops them when it is back, and has done no harm',
    async (server) => {
      owner = await CutOffService.start(`cut-off-from-${server}`, { MILLRACE_PIPELINES: pipeline.copy.folder });
      await pipeline.startService();
      const { service: other } = pipeline;
      await Promise.all([owner.service.ready(), other.ready()]);
      pipeline.feed.start();
      const before = await runs(owner.service, TASKS / 2);
      await runs(other, TASKS / 2);
      await pipeline.someTime();

      await owner.links[server].cut();
      await waitUntil('the owner is not ready', async () => (await owner.service.status('/health/ready')) === 503);
      expect(await owner.service.status('/health/live')).toBe(200);
      const taken = await runs(other, TASKS);
      for (const [partition, epoch] of before) expect(BigInt(taken.get(partition)!)).toBeGreaterThan(BigInt(epoch));
      await pipeline.someTime();

      await owner.links[server].mend();
      const after = await runs(owner.service, TASKS / 2);
      for (const [partition, epoch] of after) {
        expect(BigInt(epoch)).toBeGreaterThan(BigInt(before.get(partition) ?? 0));
      }
      await owner.service.ready();
      await pipeline.someTime();
      await pipeline.expectNothingLostNothingDouble();
    },
  );
});
