import type { Row } from '../../../src/core/row/row';
import { ReplayRun } from '../../../src/testing/replay';
import { compiled } from '../core/pipeline/pipeline-text';

const utf8 = new TextEncoder();
const MINUTE_MS = 60_000;

describe('the clock of a replay', () => {
  let rows: Row[];
  beforeEach(() => (rows = []));

  const runOf = (emit: string, partitions = 1): ReplayRun =>
    new ReplayRun(compiled({ emit: `  emit: ${emit}`, where: undefined, derive: undefined }), {
      partitions,
      close: false,
      onRow: (row) => rows.push(row),
    });
  const push = (run: ReplayRun, atMs: number, partition = 0): void =>
    run.push(utf8.encode(JSON.stringify({ k: 'a', at: new Date(atMs).toISOString(), x: 1 })), null, { partition });

  it('stands at stream time until it is put', () => {
    const run = runOf('{ on: update }');
    expect(run.clockMs).toBe(-1);
    push(run, 5000);
    expect(run.clockMs).toBe(5000);
    run.advanceTo(9000);
    run.advanceTo(7000);
    expect(run.clockMs).toBe(9000);
  });

  it('emits what every holds back once so much time has passed', () => {
    const run = runOf('{ on: update, every: 10s }');
    for (const atMs of [0, 1, 2]) push(run, atMs);
    expect(rows).toHaveLength(1);
    run.advanceTo(9_999);
    expect(rows).toHaveLength(1);
    run.advanceTo(10_000);
    expect(rows.map(({ values }) => values!['n'])).toEqual([1, 3]);
  });

  it('closes the windows of a partition that is silent for idleAfter after their end, and says why', () => {
    const run = runOf('{ on: close }', 2);
    push(run, 0, 0);
    push(run, MINUTE_MS, 1);
    run.advanceTo(2 * MINUTE_MS - 1);
    expect(rows).toEqual([]);
    run.advanceTo(2 * MINUTE_MS);
    expect(rows.map(({ window, closeReason }) => [window!.startMs, closeReason])).toEqual([[0, 'idle']]);
  });

  it('shows a record that comes after a silence at once', () => {
    const run = runOf('{ on: update }');
    push(run, 0);
    run.advanceTo(10 * MINUTE_MS);
    push(run, 11 * MINUTE_MS);
    expect(rows.map(({ window }) => window!.startMs)).toEqual([0, 11 * MINUTE_MS]);
  });
});
