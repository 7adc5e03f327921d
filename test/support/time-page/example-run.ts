import { compilePipeline } from '../../../src/core/pipeline/compile';
import { pipelineSchema } from '../../../src/core/pipeline/definition';
import type { Row } from '../../../src/core/row/row';
import { ReplayRun } from '../../../src/testing/replay';
import type { Example, Step } from './example';

export interface RunRecord {
  readonly n: number;
  readonly sensor: string;
  readonly timeMs: number;
  /** The watermark after it. No example has an `outOfOrderness` and a picture. */
  readonly watermarkMs: number;
  readonly latenessMs: number | undefined;
}

/** What a step or the end of input gave: a row, or that the record was late. */
export interface RunEvent {
  readonly after: string;
  readonly row?: Row;
  readonly late?: { readonly sensor: string; readonly latenessMs: number };
}

export interface ExampleRun {
  readonly records: readonly RunRecord[];
  readonly events: readonly RunEvent[];
}

/** Runs an example in virtual time, and ends its input. */
export function runExample({ spec, steps }: Example): ExampleRun {
  const definition = { apiVersion: 'millrace/v1', kind: 'Pipeline', metadata: { name: 'page' }, spec };
  const events: RunEvent[] = [];
  const records: RunRecord[] = [];
  let latenessMs: number | undefined;
  let after = '';
  const run = new ReplayRun(compilePipeline(pipelineSchema.parse(definition)), {
    partitions: 1,
    close: true,
    onRow: (row) => events.push({ after, row }),
    onLate: (_, lateMs) => (latenessMs = lateMs),
  });
  for (const step of steps) {
    after = nameOf(step);
    if ('advanceTo' in step) {
      run.advanceTo(Date.parse(step.advanceTo));
      continue;
    }
    latenessMs = undefined;
    const at = events.length;
    run.push(Buffer.from(JSON.stringify(step)));
    const { n, sensor } = step;
    records.push({ n, sensor, timeMs: Date.parse(step.at), watermarkMs: run.clockMs, latenessMs });
    if (latenessMs !== undefined) events.splice(at, 0, { after, late: { sensor, latenessMs } });
  }
  after = 'end';
  run.finish();
  return { records, events };
}

function nameOf(step: Step): string {
  return 'advanceTo' in step ? `clock ${step.advanceTo.slice(11, -1)}` : `record ${step.n}`;
}
