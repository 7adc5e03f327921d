import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CommandIo } from '../../src/commands/command-io';
import { main } from '../../src/commands/main';
import { partitionOf } from '../../src/core/partitioning/murmur2';
import { openKafkaLog } from '../conformance/log-kafka';
import type { LogHarness } from '../conformance/record-producer.conformance';
import { testServers, uniqueName } from '../support/servers';

const SHIPPED = join(__dirname, '..', '..', 'pipelines', 'air-quality-daily.yaml');
const HEADER = 'observed_at,location,pm25\n';
const POSTS = ['Beijing US Post', 'Chengdu US Post', 'हैदराबाद'];

describe('millrace ingest on Kafka', () => {
  const environment = { ...process.env };
  let folder: string;
  let log: LogHarness;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-ingest-'));
    log = await openKafkaLog();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await log.close();
  });
  afterEach(() => (process.env = { ...environment }));

  it('creates the topic and puts each record where its key belongs, in order, with its event time', async () => {
    const topic = uniqueName('readings');
    const pipeline = join(folder, 'pipeline.yaml');
    await writeFile(pipeline, (await readFile(SHIPPED, 'utf8')).replace('air-quality.readings', topic));
    const lines = Array.from({ length: 3_000 }, (_, i) => {
      const at = new Date(Date.UTC(2013, 0, 1) + Math.floor(i / 3) * 3_600_000).toISOString();
      return `${at},${POSTS[i % 3]},${i}\n`;
    });
    await writeFile(join(folder, 'readings.csv'), HEADER + lines.join(''));

    process.env['MILLRACE_KAFKA_BROKERS'] = testServers().kafka.join(',');
    const err: string[] = [];
    const io: CommandIo = {
      out: () => undefined,
      err: (line) => void err.push(line),
      readFile: (path) => readFile(path, 'utf8'),
      stdout: new PassThrough(),
    };
    const exitCode = await main(
      ['node', 'millrace', 'ingest', pipeline, '--source', join(folder, 'readings.csv'), '--quiet'],
      io,
    );
    expect(err.join('\n')).toContain(`3000 records into ${topic}`);
    expect(exitCode).toBe(0);

    const stored = await log.stored(topic, 3_000);
    expect(await log.topics.partitionCount(topic)).toBe(4);
    for (const post of POSTS) {
      const own = stored.filter(({ key }) => key === post);
      expect(own).toHaveLength(1_000);
      expect(own.every(({ partition }) => partition === partitionOf(post, 4))).toBe(true);
      expect(own.map(({ timestampMs }) => timestampMs)).toEqual(
        Array.from({ length: 1_000 }, (_, hour) => Date.UTC(2013, 0, 1) + hour * 3_600_000),
      );
    }
  });
});
