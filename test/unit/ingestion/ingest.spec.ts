import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLog } from '../../../src/adapters/memory/memory-log';
import { TransientError } from '../../../src/core/errors';
import { compilePipeline } from '../../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { parsePipelines } from '../../../src/core/pipeline/parse';
import { ingest, type IngestOptions } from '../../../src/ingestion/ingest';

const DEFINITION = `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: p }
spec:
  source: { topic: readings, partitions: 3, format: json, time: { field: at } }
  where: pm25 != null
  key: [post]
  window: { kind: tumbling, size: 1h }
  aggregate: { n: count() }
  sinks: [{ live: {} }]
`;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 1);

describe('ingest', () => {
  let folder: string;
  let nowMs: number;
  let log: MemoryLog;
  let pauses: number[];
  let pipeline: CompiledPipeline;
  const clock = { now: () => nowMs };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-ingest-'));
    pipeline = compilePipeline(parsePipelines(DEFINITION, 'p.yaml').definitions[0]!);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    nowMs = NOW_MS;
    pauses = [];
    log = new MemoryLog(clock);
    await log.ensure([{ topic: 'readings', partitions: 3, purpose: 'source' }]);
  });

  const source = (lines: readonly string[]): string => {
    const path = join(folder, 'input.ndjson');
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return path;
  };
  const reading = (post: string, hour: number) =>
    JSON.stringify({ post, pm25: 1, at: new Date(Date.UTC(2013, 0, 1) + hour * HOUR_MS).toISOString() });
  const run = (lines: readonly string[], more: Partial<IngestOptions> = {}) =>
    ingest({
      ...{ pipeline, producer: log, clock, source: source(lines) },
      pause: (ms) => {
        pauses.push(Math.round(ms));
        nowMs += ms;
        return Promise.resolve();
      },
      ...more,
    });
  const stored = () =>
    [0, 1, 2]
      .flatMap((partition) => log.read('readings', partition, 0n, Infinity).records)
      .map((record) => ({
        key: record.key && Buffer.from(record.key).toString(),
        timestampMs: record.timestampMs,
        value: Buffer.from(record.value!).toString(),
      }));

  it('keys records as the pipeline groups and stamps them with event time', async () => {
    await run([reading('A', 0), reading('[B]', 1)]);
    expect(stored().sort((a, b) => a.timestampMs - b.timestampMs)).toEqual([
      { key: 'A', timestampMs: Date.UTC(2013, 0, 1), value: reading('A', 0) },
      { key: '["[B]"]', timestampMs: Date.UTC(2013, 0, 1) + HOUR_MS, value: reading('[B]', 1) },
    ]);
  });

  it('keys records that the filter will leave out, too', async () => {
    const filtered = '{"post":"A","pm25":null,"at":"2013-01-01T00:00:00Z"}';
    expect(await run([filtered])).toMatchObject({ produced: 1, undecodable: 0 });
    expect(stored()[0]!.key).toBe('A');
  });

  it('sends what the pipeline cannot read as it is, counted and named, so that it becomes a dead letter', async () => {
    const faults: number[] = [];
    const summary = await run(
      [reading('A', 0), 'no json', '{"post":"A","at":"soon"}', '{"at":"2013-01-01T00:00:00Z"}'],
      {
        onFault: (line) => faults.push(line),
      },
    );
    expect(summary).toMatchObject({ produced: 4, undecodable: 3, unreadable: 0 });
    expect(faults).toEqual([2, 3, 4]);
    expect(stored().filter(({ key }) => key === null)).toHaveLength(3);
  });

  it('never stamps a record ahead of the clock, which brokers refuse', async () => {
    await run(['{"post":"A","pm25":1,"at":"2099-01-01T00:00:00Z"}']);
    expect(stored()[0]!.timestampMs).toBe(NOW_MS);
  });

  it('keeps the order of each key over many batches', async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => reading(`post ${i % 7}`, i));
    const updates: number[] = [];
    const summary = await run(lines, { onProgress: ({ produced }) => updates.push(produced) });
    expect(summary.produced).toBe(5_000);
    expect(updates).toEqual([2_000, 4_000, 5_000]);
    for (let post = 0; post < 7; post++) {
      const times = stored()
        .filter(({ key }) => key === `post ${post}`)
        .map(({ timestampMs }) => timestampMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('sends so many records a second', async () => {
    await run(
      Array.from({ length: 101 }, (_, i) => reading('A', i)),
      { pace: { kind: 'rate', recordsPerSecond: 10 } },
    );
    expect(nowMs - NOW_MS).toBe(10_000);
    expect(pauses.every((ms) => ms === 100)).toBe(true);
  });

  it('groups records that are due within a tick', async () => {
    await run(
      Array.from({ length: 1_000 }, (_, i) => reading('A', i)),
      {
        pace: { kind: 'rate', recordsPerSecond: 1_000 },
      },
    );
    expect(nowMs - NOW_MS).toBeGreaterThan(960);
    expect(pauses.length).toBeLessThan(60);
  });

  it('plays event time at a multiple of its speed', async () => {
    await run([reading('A', 0), reading('A', 1), reading('A', 1), reading('A', 4)], {
      pace: { kind: 'event-time', speedUp: 3600 },
    });
    expect(pauses).toEqual([1_000, 3_000]);
  });

  it('leaves out a record that the topic refuses for its size, and sends the others', async () => {
    const large = JSON.stringify({ post: 'A', pm25: 1, at: '2013-01-01T00:00:00Z', text: 'x'.repeat(9 * 2 ** 20) });
    const faults: number[] = [];
    const summary = await run([reading('A', 0), large, reading('A', 2)], { onFault: (line) => faults.push(line) });
    expect(summary).toMatchObject({ produced: 2, tooLarge: 1 });
    expect(faults).toContain(2);
    expect(stored().map(({ value }) => value)).toEqual([reading('A', 0), reading('A', 2)]);
  });

  it('ends after the batch under way when it is aborted', async () => {
    const abort = new AbortController();
    const summary = await run(
      Array.from({ length: 10_000 }, (_, i) => reading('A', i)),
      {
        signal: abort.signal,
        onProgress: () => abort.abort(),
      },
    );
    expect(summary.produced).toBeLessThan(10_000);
    expect(stored()).toHaveLength(summary.produced);
  });

  it('throws TransientError when the log is away, and sends nothing after it', async () => {
    let calls = 0;
    const producer = { send: () => Promise.reject(new TransientError(`away ${(calls += 1)}`)) };
    const lines = Array.from({ length: 9_000 }, (_, i) => reading('A', i));
    await expect(run(lines, { producer })).rejects.toThrow('away 1');
    expect(calls).toBe(1);
  });
});
