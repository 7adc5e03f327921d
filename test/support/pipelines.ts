import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { pipelineSchema } from '../../src/core/pipeline/definition';
import type { SourceRecord } from '../../src/core/ports/record-source.port';

/** A pipeline over `{key, t, x}` records with what a test cares about, and plain settings for the rest. */
export function compiledWith(spec: Record<string, unknown> = {}, name = 'test'): CompiledPipeline {
  return compilePipeline(
    pipelineSchema.parse({
      apiVersion: 'millrace/v1',
      kind: 'Pipeline',
      metadata: { name },
      spec: {
        source: { topic: 'readings', format: 'json', time: { field: 't' } },
        key: ['key'],
        window: { kind: 'tumbling', size: '10s', grace: '0s' },
        aggregate: { n: 'count()', total: 'sum(x)', mean: 'avg(x)', least: 'min(x)', most: 'max(x)' },
        emit: { on: 'both' },
        sinks: [{ live: {} }],
        ...spec,
      },
    }),
  );
}

/** Times in the records are epoch ms from here on: far enough that no reader takes them for seconds. */
export const EPOCH_MS = 1_600_000_000_000;

export interface Reading {
  readonly key: string;
  /** Seconds after {@link EPOCH_MS}. */
  readonly at: number;
  readonly x: number | null;
}

export function recordOf(offset: number, { key, at, x }: Reading): SourceRecord {
  const value = JSON.stringify({ key, t: EPOCH_MS + at * 1000, x });
  return { offset: BigInt(offset), timestampMs: EPOCH_MS, key: Buffer.from(key), value: Buffer.from(value) };
}
