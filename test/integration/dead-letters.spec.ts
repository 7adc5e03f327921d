import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LetterJson } from '../../src/runtime/dead-letters/letter-json';
import { AirQualityCopy } from '../support/air-quality';
import { testServers } from '../support/servers';
import { CLI, ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const POST = 'Beijing US Post';
const BUDGET = '  errorBudget: { share: 0.5, of: 20 }\n';

const run = promisify(execFile);
const reading = (hour: number, pm25: unknown): { key: string; value: string } => ({
  key: POST,
  value: JSON.stringify({ observed_at: new Date(Date.UTC(2013, 0, 1, hour)).toISOString(), location: POST, pm25 }),
});

describe('dead letters on real servers', () => {
  let copy: AirQualityCopy;
  let service: ServiceProcess;

  beforeEach(async () => {
    copy = new AirQualityCopy((yaml) => yaml.replace('  sinks:', `${BUDGET}  sinks:`));
    await copy.createTable();
    service = await ServiceProcess.start('dead-letters', { MILLRACE_PIPELINES: copy.folder });
    await service.ready();
  });
  afterEach(async () => {
    await service?.stop();
    await copy.close();
  });

  const readingsOfTheDay = async (): Promise<number | undefined> =>
    (await copy.table()).rows.get(`${POST}|2013-01-01`)?.readings;
  const post = (path: string, body: unknown = {}): Promise<Response> =>
    fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const command = async (...args: string[]): Promise<string[]> => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      MILLRACE_PIPELINES: copy.folder,
      MILLRACE_KAFKA_BROKERS: testServers().kafka.join(','),
      MILLRACE_REDIS_URL: testServers().redis,
    };
    const { stdout } = await run(process.execPath, [CLI, 'dead-letters', ...args], { env });
    return stdout.trim().split('\n');
  };

  it('are listed and replayed by API and command line, each once, and the table is that of right records', async () => {
    await copy.produce([reading(0, 10), reading(1, '20'), reading(2, 30), reading(3, '40')]);
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp());
    const { letters } = await service.json<{ letters: LetterJson[] }>(`/v1/dead-letters?pipeline=${copy.name}`);
    expect(letters.map(({ reason, value }) => [reason, (JSON.parse(value!) as { pm25: unknown }).pm25])).toEqual([
      ['expression-failed', '40'],
      ['expression-failed', '20'],
    ]);
    const listed = await command('list', copy.name, '--key', POST);
    expect(listed.map((line) => JSON.parse(line) as unknown)).toEqual(letters);

    const answer = await post('/v1/dead-letters:replay', { pipeline: copy.name, patch: { pm25: 50 }, limit: 1 });
    expect(JSON.parse(await answer.text())).toMatchObject({ replayed: 1, more: true });
    const [summary] = await command('replay', copy.name, '--patch', '{"pm25":60}');
    expect(JSON.parse(summary!)).toMatchObject({ replayed: 1, before: 1, inDoubt: 0 });
    const [again] = await command('replay', copy.name);
    expect(JSON.parse(again!)).toMatchObject({ replayed: 0, before: 2 });
    await waitUntil('all are counted', async () => (await readingsOfTheDay()) === 4);
    expect(Object.fromEntries((await copy.table()).rows)).toEqual({
      [`${POST}|2013-01-01`]: { avg_pm25: 37.5, max_pm25: 60, min_pm25: 10, readings: 4 },
    });
  });

  it('stop before the error budget is overdrawn, readiness says why, and an operator lets the pipeline go on', async () => {
    await copy.produce([...Array.from({ length: 30 }, () => ({ key: POST, value: 'no JSON' })), reading(1, 5)]);
    await waitUntil('it is not ready, and says why', async () => {
      const answer = await fetch(`${service.url}/health/ready`);
      return answer.status === 503 && (await answer.text()).includes('11 of the last 20 records');
    });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      new RegExp(`millrace_error_budget_spent_total\\{pipeline="${copy.name}"\\} 1`),
    );
    await waitUntil(
      'its letters are stored',
      async () => (await copy.topicRecords(`${copy.topic}.dead`)).length === 11,
    );
    for (const letters of [22, 30]) {
      expect((await post(`/v1/pipelines/${copy.name}:resume`)).status).toBe(202);
      await waitUntil(
        `${letters} letters are stored`,
        async () => (await copy.topicRecords(`${copy.topic}.dead`)).length === letters,
      );
    }
    await waitUntil('the record after them is counted', async () => (await readingsOfTheDay()) === 1);
    await waitUntil('it is ready', async () => (await service.status('/health/ready')) === 200);
  });
});
