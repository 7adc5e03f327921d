import { pipelineJsonSchema } from '../core/pipeline/json-schema';

/** Prints the JSON Schema of pipelines. */
export function schema(io: { out(line: string): void }): number {
  io.out(JSON.stringify(pipelineJsonSchema(), null, 2));
  return 0;
}
