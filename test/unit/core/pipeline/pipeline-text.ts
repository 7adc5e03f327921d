import { compilePipeline } from '../../../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../../../src/core/pipeline/compiled-pipeline';
import type { PipelineDefinition } from '../../../../src/core/pipeline/definition';
import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';

/** Lines 1 to 13 of a good pipeline; each can be replaced or, by `undefined`, left out. */
const LINES = {
  apiVersion: 'apiVersion: millrace/v1',
  kind: 'kind: Pipeline',
  metadata: 'metadata: { name: p }',
  spec: 'spec:',
  source: '  source: { topic: in, format: json, time: { field: at } }',
  where: '  where: x != null',
  derive: '  derive: { twice: x * 2 }',
  key: '  key: [k]',
  window: '  window: { kind: tumbling, size: 1m }',
  aggregate: '  aggregate: { total: sum(x), n: count() }',
  emit: '  emit: { on: both, every: 1s }',
  late: '  late: drop',
  sinks: '  sinks: [{ live: {} }]',
};

export type LineName = keyof typeof LINES;

export function pipelineText(replaced: Partial<Record<LineName, string | undefined>> = {}): string {
  return Object.values({ ...LINES, ...replaced })
    .filter((line) => line !== undefined)
    .join('\n');
}

/** `line:column: message` of each problem. */
export function problemsOf(text: string): string[] {
  return parsePipelines(text, 'f').problems.map((problem) => problemText(problem).slice('f:'.length));
}

export function definitionOf(replaced: Partial<Record<LineName, string | undefined>> = {}): PipelineDefinition {
  const text = pipelineText(replaced);
  const { definitions } = parsePipelines(text, 'f');
  if (!definitions[0]) throw new Error(`${problemsOf(text).join('\n')}\n${text}`);
  return definitions[0];
}

export function compiled(replaced: Partial<Record<LineName, string | undefined>> = {}): CompiledPipeline {
  return compilePipeline(definitionOf(replaced));
}

export function recordOf(value: unknown, over: Partial<SourceRecord> = {}): SourceRecord {
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  return { offset: 0n, timestampMs: 1_356_998_400_000, key: null, value: bytes, ...over };
}
