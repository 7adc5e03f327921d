import type { Path } from '../core/pipeline/finding';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Row } from '../core/row/row';
import type { DeadLetter } from '../core/task/dead-letter';
import type { ExpectedDead, GoldenStep, GoldenTestDefinition } from './golden-definition';
import { deadDifference, rowDifference } from './golden-difference';
import type { GivenRecord } from './golden-record';
import { recordBytes } from './record-bytes';
import { ReplayRun } from './replay';

/** An expectation that did not come true. */
export interface GoldenFailure {
  /** Of the expectation in the test. */
  readonly path: Path;
  /** What was expected and what came; the first line says it in short. */
  readonly lines: readonly string[];
}

/** Runs a test in virtual time. Deterministic. All steps run, so that all failures are found at once. */
export function runGoldenTest(definition: GoldenTestDefinition, pipeline: CompiledPipeline): readonly GoldenFailure[] {
  return new GoldenRun(definition, pipeline).run();
}

const textEncoder = new TextEncoder();

class GoldenRun {
  private readonly replay: ReplayRun;
  private readonly failures: GoldenFailure[] = [];
  /** What came since the last expectation of its kind. */
  private rows: Row[] = [];
  private dead: DeadLetter[] = [];
  private late = 0;

  constructor(
    private readonly definition: GoldenTestDefinition,
    private readonly pipeline: CompiledPipeline,
  ) {
    this.replay = new ReplayRun(pipeline, {
      partitions: definition.spec.partitions,
      lookups: definition.spec.tables,
      close: true,
      onRow: (row) => this.rows.push(row),
      onDeadLetter: (letter) => this.dead.push(letter),
      onLate: () => this.late++,
    });
  }

  run(): readonly GoldenFailure[] {
    this.definition.spec.steps.forEach((step, i) => {
      this.act(step);
      this.check(step, ['spec', 'steps', i]);
    });
    return this.failures;
  }

  private act({ given, advanceTo, advanceBy, close }: GoldenStep): void {
    for (const record of given ?? []) this.push(record);
    if (advanceTo !== undefined) this.replay.advanceTo(advanceTo);
    if (advanceBy !== undefined) this.replay.advanceTo(this.clockMs + advanceBy);
    if (close) this.replay.finish();
  }

  private check({ expect, expectTable, expectLate, expectDead }: GoldenStep, path: Path): void {
    const { tolerance } = this.definition.spec;
    if (expect) {
      this.fail([...path, 'expect'], rowDifference(expect, this.rows, tolerance));
      this.rows = [];
    }
    if (expectTable) this.fail([...path, 'expectTable'], rowDifference(expectTable, this.replay.table(), tolerance));
    if (expectLate !== undefined) this.checkLate([...path, 'expectLate'], expectLate);
    if (expectDead) this.checkDead([...path, 'expectDead'], expectDead);
  }

  private checkLate(path: Path, expected: number): void {
    if (this.late !== expected) this.fail(path, [`${expected} late records were expected, ${this.late} came`]);
    this.late = 0;
  }

  private checkDead(path: Path, expected: readonly ExpectedDead[]): void {
    this.fail(path, deadDifference(expected, this.dead));
    this.dead = [];
  }

  private fail(path: Path, lines: readonly string[]): void {
    if (lines.length > 0) this.failures.push({ path, lines });
  }

  private get clockMs(): number {
    return Math.max(0, this.replay.clockMs);
  }

  private push({ value, key, timestamp, partition, headers }: GivenRecord): void {
    const bytes = recordBytes(value, this.pipeline.definition.spec.source);
    this.replay.push(bytes, typeof key === 'string' ? textEncoder.encode(key) : key, {
      timestampMs: timestamp ?? this.clockMs,
      ...(partition !== undefined && { partition }),
      ...(headers && { headers }),
    });
  }
}
