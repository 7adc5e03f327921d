import { pipelineJsonSchema } from '../core/pipeline/json-schema';
import { goldenTestJsonSchema } from '../testing/golden-definition';

/** Prints the JSON Schema of pipelines or of golden tests. */
export function schema(io: { out(line: string): void }, kind: 'pipeline' | 'test' = 'pipeline'): number {
  io.out(JSON.stringify(kind === 'pipeline' ? pipelineJsonSchema() : goldenTestJsonSchema(), null, 2));
  return 0;
}
