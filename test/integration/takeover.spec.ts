import { readFileSync } from 'node:fs';

import { AirQualityCopy } from '../support/air-quality';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

interface PipelineAnswer {
  readonly tasks: readonly { readonly partition: number; readonly state: string; readonly epoch: string }[];
  readonly totals: { readonly accepted: number };
}

describe('a process that dies', () => {
  let copy: AirQualityCopy;
  const services: ServiceProcess[] = [];
  const start = async (name: string): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder });
    services.push(service);
    return service;
  };

  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await copy.close();
  });

  it("is taken out of its group by the others, before Kafka's session time-out", async () => {
    const [survivor, victim] = [await start('takeover-a'), await start('takeover-b')];
    await Promise.all([survivor.ready(), victim.ready()]);
    const running = async (): Promise<number> => {
      const { tasks } = await survivor.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`);
      return tasks.filter(({ state }) => state === 'running').length;
    };
    await waitUntil('each has half of the four tasks', async () => (await running()) === 2);
    const diedAt = Date.now();
    await victim.kill();
    await waitUntil('the survivor runs all tasks', async () => (await running()) === 4);
    process.stderr.write(`taken over ${Date.now() - diedAt} ms after the death\n`);
    expect(readFileSync(survivor.logFile, 'utf8')).toContain('group.member-expelled');
  });

  it('costs nothing where it is not: a third process takes one task, and the others are never given up', async () => {
    const pair = [await start('sticky-a'), await start('sticky-b')];
    await Promise.all(pair.map((service) => service.ready()));
    const epochs = async (service: ServiceProcess): Promise<Map<number, string>> => {
      const { tasks } = await service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`);
      const own = tasks.filter(({ state }) => state === 'running');
      return new Map(own.map(({ partition, epoch }) => [partition, epoch]));
    };
    const owned = async (service: ServiceProcess, count: number): Promise<Map<number, string>> =>
      waitUntil(`${service.url} has ${count} tasks`, async () => {
        const own = await epochs(service);
        return own.size === count && own;
      });
    const before = await Promise.all(pair.map((service) => owned(service, 2)));
    const released = ({ logFile }: ServiceProcess): string[] =>
      readFileSync(logFile, 'utf8').match(/Released \S+:\d+/g) ?? [];
    // Whoever of the two came first had all, and gave up half.
    const givenUp = pair.map((service) => released(service).length);
    const third = await (await start('sticky-c')).ready();
    const [moved] = [...(await owned(third, 1)).keys()];
    const after = await Promise.all(pair.map((service) => epochs(service)));
    const kept = (tasks: readonly Map<number, string>[]): unknown =>
      tasks.map((own) => [...own].filter(([partition]) => partition !== moved).sort());
    expect(kept(after)).toEqual(kept(before));
    expect(after.map(({ size }) => size).sort()).toEqual([1, 2]);
    const since = await waitUntil('a release is logged', () => {
      const lines = pair.flatMap((service, i) => released(service).slice(givenUp[i]));
      return lines.length > 0 && lines;
    });
    expect(since).toEqual([`Released ${copy.name}:${moved}`]);
  });
});
