import { feedJsonSchema } from '../core/feeds/feed-definition';
import { pipelineJsonSchema } from '../core/pipeline/json-schema';
import { pipelineReference } from '../core/pipeline/reference';
import { goldenTestJsonSchema } from '../testing/golden-definition';

const SCHEMAS = { pipeline: pipelineJsonSchema, feed: feedJsonSchema, test: goldenTestJsonSchema } as const;

export type SchemaKind = keyof typeof SCHEMAS | 'reference';

/** Prints the JSON Schema of pipelines, feeds or golden tests, or the reference of definitions in Markdown. */
export function schema(io: { out(line: string): void }, kind: SchemaKind = 'pipeline'): number {
  io.out(kind === 'reference' ? pipelineReference() : JSON.stringify(SCHEMAS[kind](), null, 2));
  return 0;
}
