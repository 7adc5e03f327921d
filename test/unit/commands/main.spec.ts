import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CommandIo } from '../../../src/commands/command-io';
import { main } from '../../../src/commands/main';

const SHIPPED = join(__dirname, '..', '..', '..', 'pipelines', 'air-quality-daily.yaml');

describe('millrace', () => {
  let folder: string;
  let out: string[];
  let err: string[];
  const io: CommandIo = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    readFile: (path) => readFile(path, 'utf8'),
    stdout: new PassThrough(),
  };
  const run = (...args: string[]) => main(['node', 'millrace', ...args], io);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const environment = { ...process.env };

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-main-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => ([out, err] = [[], []]));
  afterEach(() => (process.env = { ...environment }));

  it('lists its commands, and exits with 0', async () => {
    expect(await run('--help')).toBe(0);
    for (const command of [
      'start',
      'validate',
      'test',
      'explain',
      'replay',
      'ingest',
      'ddl',
      'migrate',
      'doctor',
      'schema',
    ]) {
      expect(out.join('\n')).toContain(command);
    }
  });

  it.each([
    [['dance']],
    [['replay', SHIPPED]],
    [['replay', SHIPPED, '--input', '-', '--partitions', '0']],
    [['validate']],
  ])('exits with 2 for wrong use: %j', async (args) => {
    expect(await run(...args)).toBe(2);
    expect(err.join('\n')).toMatch(/unknown command|required|whole number|missing/);
  });

  it('checks pipelines: 0 when all are right, 1 with the place when one is not', async () => {
    expect(await run('validate', SHIPPED)).toBe(0);
    const wrong = file('wrong.yaml', readFileSync(SHIPPED, 'utf8').replace('unit: day', 'unit: dya'));
    expect(await run('validate', wrong)).toBe(1);
    expect(err.join('\n')).toMatch(/wrong\.yaml:\d+:\d+: /);
  });

  it('exits with 3 when the tables of Cassandra are asked for and it is away', async () => {
    process.env['MILLRACE_CASSANDRA_CONTACT_POINTS'] = '127.0.0.1:1';
    expect([await run('validate', '--tables', SHIPPED), err]).toEqual([
      3,
      [expect.stringContaining('127.0.0.1:1') as string],
    ]);
  });

  it('exits with 3 when tables are to be migrated and Cassandra does not answer for as long as one waits', async () => {
    process.env['MILLRACE_CASSANDRA_CONTACT_POINTS'] = '127.0.0.1:1';
    expect(await run('migrate', '--wait', '300ms')).toBe(3);
    expect(err.join('\n')).toMatch(/waiting for Cassandra: .*127\.0\.0\.1:1/);
    expect(err.at(-1)).toMatch(/could not be migrated within 300 ms/);
  });

  it('prints the JSON Schema of pipelines', async () => {
    expect(await run('schema')).toBe(0);
    expect(JSON.parse(out.join('\n'))).toHaveProperty('$schema');
  });

  it('exits with 2 and the place when the pipeline of a replay is wrong', async () => {
    const wrong = file('wrong.yaml', 'apiVersion: millrace/v1\nkind: Pipeline\n');
    expect(await run('replay', wrong, '--input', '-')).toBe(2);
    expect(err.join('\n')).toMatch(/wrong\.yaml:\d+:\d+: /);
  });

  it('exits with 2 and the path when a file cannot be read', async () => {
    expect(await run('replay', '/nowhere.yaml', '--input', '-')).toBe(2);
    expect(await run('replay', SHIPPED, '--input', '/nowhere.csv')).toBe(2);
    expect(err.join('\n')).toMatch(/\/nowhere\.yaml.*\n.*\/nowhere\.csv/);
  });

  it('exits with 2 and the variable when the configuration is wrong', async () => {
    process.env['MILLRACE_KAFKA_BROKERS'] = 'nonsense';
    expect(await run('ddl', SHIPPED)).toBe(2);
    expect(err.join('\n')).toContain('MILLRACE_KAFKA_BROKERS: "nonsense" was given');
  });

  it('exits with 3 when Kafka cannot be reached', async () => {
    process.env['MILLRACE_KAFKA_BROKERS'] = '127.0.0.1:1';
    expect(await run('ingest', SHIPPED, '--source', file('a.csv', 'a\n1\n'))).toBe(3);
    expect(err.join('\n')).toContain('127.0.0.1:1');
  });

  it('prints the CQL that the tables of a pipeline need', async () => {
    expect(await run('ddl', SHIPPED)).toBe(0);
    expect(out.join('\n')).toContain('PRIMARY KEY ((location, year), date)');
  });

  it('asks which pipeline is meant when a file holds several', async () => {
    const shipped = readFileSync(SHIPPED, 'utf8');
    const two = file('two.yaml', `${shipped}\n---\n${shipped.replace('name: air-quality-daily', 'name: other')}`);
    expect(await run('replay', two, '--input', file('empty.ndjson', ''))).toBe(2);
    expect(err.join('\n')).toContain('air-quality-daily, other');
    expect(await run('replay', two, '--pipeline', 'other', '--input', file('empty.ndjson', ''))).toBe(0);
  });

  it('says what is wrong with the pipelines in doctor, and with 3 that servers are away', async () => {
    process.env['MILLRACE_PIPELINES'] = folder;
    process.env['MILLRACE_MODE'] = 'embedded';
    file('wrong.yaml', 'apiVersion: millrace/v1\nkind: Pipeline\n');
    rmSync(join(folder, 'two.yaml'), { force: true });
    expect(await run('doctor')).toBe(1);
    expect(out.join('\n')).toContain('FAIL  pipeline wrong');
    process.env['MILLRACE_MODE'] = 'external';
    process.env['MILLRACE_KAFKA_BROKERS'] = '127.0.0.1:1';
    process.env['MILLRACE_REDIS_URL'] = 'redis://:hush@127.0.0.1:1';
    process.env['MILLRACE_CASSANDRA_CONTACT_POINTS'] = '127.0.0.1:1';
    expect(await run('doctor', '--timeout', '1s')).toBe(3);
    expect(out.join('\n').match(/^AWAY {2}(kafka|redis|cassandra):/gm)).toHaveLength(3);
    expect(out.join('\n')).not.toContain('hush');
  });
});
