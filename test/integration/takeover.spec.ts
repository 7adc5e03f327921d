import { readFileSync } from 'node:fs';

import { AirQualityCopy } from '../support/air-quality';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

interface PipelineAnswer {
  readonly tasks: readonly { readonly state: string }[];
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
});
