import { readPipeline } from '../../src/commands/pipeline-file';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { Row } from '../../src/core/row/row';
import { ReplayRun } from '../../src/testing/replay';
import type { Answer, AnswerRow, Case, CaseWindow, Reading } from './case';

/** The table of a replay, from the pipeline's file on, as `millrace replay --table` has it. */
export async function replayCase(given: Case): Promise<Answer> {
  const late: number[] = [];
  const run = new ReplayRun(await pipelineOf(given), {
    partitions: 1,
    close: given.emit === 'close',
    onRow: () => undefined,
    onDeadLetter: (letter) => {
      throw new Error(`A reading became a dead letter: ${JSON.stringify(letter.reason)}`);
    },
    onLate: ({ offset }) => late.push(Number(offset)),
  });
  for (const reading of given.readings) run.push(valueOf(reading));
  return { rows: run.finish().table().map(answerRow), late };
}

/** The definition of a case, as its user would write it. */
function definitionOf({ window, emit }: Case): object {
  return {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name: 'differential' },
    spec: {
      source: { topic: 'readings', format: 'json', time: { field: 'at' } },
      key: ['key'],
      window: windowOf(window),
      aggregate: { n: 'count()', total: 'sum(x)', mean: 'avg(x)', least: 'min(x)', most: 'max(x)' },
      emit: { on: emit },
      sinks: [{ live: {} }],
    },
  };
}

function pipelineOf(given: Case): Promise<CompiledPipeline> {
  const text = JSON.stringify(definitionOf(given));
  const nothing = (): void => undefined;
  const io = { readFile: () => Promise.resolve(text), out: nothing, err: nothing, stdout: process.stdout };
  return readPipeline('differential.json', undefined, io);
}

function windowOf({ kind, sizeMs, advanceMs, graceMs }: CaseWindow): object {
  const [size, advance, grace] = [`${sizeMs}ms`, `${advanceMs}ms`, `${graceMs}ms`];
  switch (kind) {
    case 'tumbling':
    case 'sliding':
      return { kind, size, grace };
    case 'hopping':
      return { kind, size, advance, grace };
    case 'session':
      return { kind, gap: size, grace };
  }
}

/** Times are text: a number near 1970 would be read as seconds. */
function valueOf({ key, atMs, x }: Reading): Uint8Array {
  return Buffer.from(JSON.stringify({ key, at: new Date(atMs).toISOString(), x }));
}

function answerRow({ key, window, values }: Row): AnswerRow {
  return { key: String(key['key']), startMs: window!.startMs, endMs: window!.endMs, values: values! };
}
