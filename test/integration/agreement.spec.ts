import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { RowJson } from '../../src/core/row/row-json';
import { AirQualityCopy } from '../support/air-quality';
import { expectedDailyRows, READINGS_FILE, readingLines } from '../support/readings';
import { CLI, ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

const READINGS = 131_400;
const RECORDS_OF_REQUEST = 10_000;
const CHINA_MS = 8 * 3_600_000;

/** A row as all three ways must give it. Revisions differ, and the last windows close once a partition is idle. */
type Answer = Pick<RowJson, 'key' | 'window' | 'values'>;

async function replayed(definition: string): Promise<string> {
  const args = [CLI, 'replay', definition, '--input', READINGS_FILE, '--table', '--partitions', '4'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

/** The shipped readings over HTTP, in the order of the file. */
async function feed(service: ServiceProcess, topic: string): Promise<void> {
  const lines = readingLines();
  for (let from = 0; from < lines.length; from += RECORDS_OF_REQUEST) {
    const records = lines.slice(from, from + RECORDS_OF_REQUEST).map((line) => {
      const [observed_at, location, pm25 = ''] = line.split(',');
      return JSON.stringify({ observed_at, location, pm25: pm25 === '' ? null : Number(pm25) });
    });
    const response = await fetch(`${service.url}/v1/ingest/${topic}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: records.join('\n'),
    });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  }
}

/** Rows are what was committed, which is a checkpoint behind what was processed. */
async function everythingIsCommitted(service: ServiceProcess, name: string): Promise<void> {
  await waitUntil(`${READINGS} readings are committed`, async () => {
    const response = await fetch(`${service.url}/v1/pipelines/${name}/rows?limit=1`);
    const offsets = JSON.parse(response.headers.get('millrace-as-of-offsets') ?? '{}') as Record<string, string>;
    return Object.values(offsets).reduce((sum, offset) => sum + Number(offset), 0) === READINGS;
  });
}

/** Every row that the service knows, over as many pages as it takes. */
async function rowsOf(service: ServiceProcess, name: string): Promise<Answer[]> {
  const rows: RowJson[] = [];
  const query = new URLSearchParams({ limit: '1000' });
  for (;;) {
    const page = await service.json<{ rows: RowJson[]; cursor?: string }>(
      `/v1/pipelines/${name}/rows?${query.toString()}`,
    );
    rows.push(...page.rows);
    if (page.cursor === undefined) return inOrder(rows);
    query.set('cursor', page.cursor);
  }
}

function inOrder(rows: readonly RowJson[]): Answer[] {
  const answers = rows.map(({ key, window, values }) => ({ key, window: window!, values: values! }));
  const place = ({ key, window }: (typeof answers)[number]): string => `${String(key['location'])}|${window.start}`;
  return answers.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

describe('the shipped readings', () => {
  let table: string;
  let fromReplay: Answer[];
  const opened: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    table = await replayed('pipelines/air-quality-daily.yaml');
    const lines = table.trimEnd().split('\n');
    fromReplay = inOrder(lines.map((line) => JSON.parse(line) as RowJson));
  });
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  const start = async (name: string, env: Record<string, string>): Promise<ServiceProcess> => {
    const unhurried = { MILLRACE_INGEST_RATE: '1000000', MILLRACE_INGEST_BURST: '1000000' };
    const service = await ServiceProcess.start(name, { ...unhurried, ...env });
    opened.push(() => service.stop());
    return service.ready();
  };

  it('replayed twice give the same bytes', async () => {
    expect(await replayed('pipelines/air-quality-daily.yaml')).toBe(table);
  });

  it('replayed give the table that the file itself gives', () => {
    const days = fromReplay.map(({ key, window, values }) => {
      const date = new Date(Date.parse(window!.start) + CHINA_MS).toISOString().slice(0, 10);
      return [`${String(key['location'])}|${date}`, values] as const;
    });
    const expected = expectedDailyRows();
    expect(days).toHaveLength(expected.size);
    for (const [day, values] of days) {
      const row = expected.get(day);
      expect({ day, ...values }).toEqual({ day, ...row, avg_pm25: expect.closeTo(row?.avg_pm25 ?? NaN, 9) });
    }
  });

  it('give the same rows in an embedded service as in a replay', async () => {
    const service = await start('agreement-embedded', { MILLRACE_MODE: 'embedded' });
    await feed(service, 'air-quality.readings');
    await everythingIsCommitted(service, 'air-quality-daily');
    expect(await rowsOf(service, 'air-quality-daily')).toEqual(fromReplay);
  });

  it('give the same rows on real Kafka, Redis and Cassandra as in a replay', async () => {
    const copy = new AirQualityCopy();
    opened.push(() => copy.close());
    await copy.createTable();
    const service = await start('agreement-servers', { MILLRACE_PIPELINES: copy.folder });
    await feed(service, copy.topic);
    await everythingIsCommitted(service, copy.name);
    expect(await rowsOf(service, copy.name)).toEqual(fromReplay);
  });
});
