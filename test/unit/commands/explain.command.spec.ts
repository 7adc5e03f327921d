import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../../src/commands/main';
import { pipelineText } from '../core/pipeline/pipeline-text';

const SHIPPED = join(__dirname, '..', '..', '..', 'pipelines', 'air-quality-daily.yaml');

describe('millrace explain', () => {
  let folder: string;
  let out: string[];
  let err: string[];
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-explain-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => ([out, err] = [[], []]));

  const run = (...args: string[]): Promise<number | undefined> =>
    main(['node', 'millrace', 'explain', ...args], {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      readFile: (path) => readFile(path, 'utf8'),
      stdout: new PassThrough(),
    });
  const file = (...texts: string[]): string => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, texts.join('\n---\n'));
    return path;
  };

  it('tells what the shipped pipeline reads, keeps and writes', async () => {
    expect(await run(SHIPPED)).toBe(0);
    const text = out.join('\n');
    for (const line of [
      'topic air-quality.readings, json',
      'window calendar day in the zone of post_zone, grace 1h',
      'one for each partition of the source topic: 4, or as many as the topic has if it exists',
      'unless the newest records have other message keys when the pipeline is first deployed: then all go through the internal topic air-quality-daily.<generation>.repartition',
      'air-quality.readings.dead: written: records that cannot be processed; created with 1 partition if it is missing',
      'a pane: 77 bytes when empty, 77 after 100 records of different values',
      'a key: 2 of them, 154 bytes (the current window, and windows of the last 1h: grace, out-of-orderness and amendments)',
      'millrace:{air-quality-daily:0}:segment:<start>:<end>:<zone>: one window: key to pane; dropped when the window closes',
      'every 200ms, or earlier at 5000 rows or 1048576 bytes',
      'table aqdata.pm25: primary key ((location, year), date); the migrations make it',
    ]) {
      expect(text).toContain(`\n  ${line}`);
    }
  });

  it('tells of the repartition topic that a definition asks for', async () => {
    expect(await run(file(pipelineText({ key: '  key: [k]\n  repartition: always' })))).toBe(0);
    expect(out.join('\n')).toContain('.<generation>.repartition, keyed by ');
  });

  it('tells of partial aggregates before it', async () => {
    const repartition = '  repartition: { when: always, preAggregate: true }';
    expect(await run(file(pipelineText({ key: `  key: [k]\n${repartition}` })))).toBe(0);
    expect(out.join('\n')).toContain('a partial aggregate covers at most 1024 offsets of a source partition');
  });

  it('tells how hopping windows share slices', async () => {
    expect(await run(file(pipelineText({ window: '  window: { kind: hopping, size: 1h, advance: 5m }' })))).toBe(0);
    expect(out.join('\n')).toContain(
      'slices of 5m, which windows share: a record is added to 1 slice and counts in 12 windows',
    );
  });

  it('tells where late records go, and takes the primary key of a table that no migration makes from its ddl', async () => {
    const sinks = '  sinks: [{ cassandra: { table: ks.t, columns: { k: key.k, at: window.start, n: n } } }]';
    expect(await run(file(pipelineText({ late: '  late: { topic: too-late }', sinks })))).toBe(0);
    const text = out.join('\n');
    expect(text).toContain('a late record is counted and goes to too-late');
    expect(text).toContain('too-late: written: late records');
    expect(text).toContain('table ks.t: primary key ((k), at); `millrace ddl` prints what makes it');
  });

  it('tells of a pipeline without windows that it keeps nothing', async () => {
    expect(await run(file(pipelineText({ key: undefined, window: undefined, aggregate: undefined })))).toBe(0);
    expect(out.join('\n')).toContain('State\n  none');
    expect(out.join('\n')).not.toContain(':segment:');
  });

  it('prints the graph alone with --mermaid', async () => {
    expect(await run(file(pipelineText({ late: '  late: { topic: too-late }' })), '--mermaid')).toBe(0);
    const [graph = ''] = out;
    expect(graph.split('\n')[0]).toBe('flowchart LR');
    for (const line of [
      'source --> where',
      'derive --> window',
      'aggregate --> sink0',
      'window --> late',
      'source --> dead',
    ]) {
      expect(graph).toContain(`  ${line}`);
    }
  });

  it('prints the plan as JSON with --json: one, or a list of several', async () => {
    expect(await run(SHIPPED, '--json')).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      pipeline: 'air-quality-daily',
      tasks: 4,
      state: { entry: 'pane', bytesPerKey: 154 },
      tables: [{ table: 'aqdata.pm25', partitionKey: ['location', 'year'], clusteringKey: ['date'] }],
      topology: { edges: expect.arrayContaining([{ from: 'source', to: 'where' }]) as unknown },
    });
    const two = file(pipelineText(), pipelineText({ metadata: 'metadata: { name: q }' }));
    out = [];
    expect(await run(two, '--json')).toBe(0);
    expect((JSON.parse(out.join('\n')) as { pipeline: string }[]).map(({ pipeline }) => pipeline)).toEqual(['p', 'q']);
    out = [];
    expect(await run(two, '--pipeline', 'q')).toBe(0);
    expect(out[0]).toBe('Pipeline q');
  });

  it('exits with 2 and the place when the definition is wrong', async () => {
    expect(await run(file(pipelineText({ window: '  window: { kind: tumblng, size: 1m }' })))).toBe(2);
    expect(err.join('\n')).toMatch(
      /p\.yaml:9:19: spec\.window\.kind: unknown value "tumblng"; did you mean "tumbling"\?/,
    );
  });
});
