import { z } from 'zod';
import { pipelineSchema } from './definition';

/** The JSON Schema (draft 2020-12) of pipelines as users write them. */
export function pipelineJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(pipelineSchema, { io: 'input' });
  return { $schema, title: 'Millrace pipeline', ...rest };
}
