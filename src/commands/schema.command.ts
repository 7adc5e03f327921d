import { pipelineJsonSchema } from '../core/pipeline/json-schema';
import { pipelineReference } from '../core/pipeline/reference';
import { goldenTestJsonSchema } from '../testing/golden-definition';

/** Prints the JSON Schema of pipelines or of golden tests, or the reference of definitions in Markdown. */
export function schema(io: { out(line: string): void }, kind: 'pipeline' | 'test' | 'reference' = 'pipeline'): number {
  if (kind === 'reference') io.out(pipelineReference());
  else io.out(JSON.stringify(kind === 'pipeline' ? pipelineJsonSchema() : goldenTestJsonSchema(), null, 2));
  return 0;
}
