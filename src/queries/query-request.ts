import { z } from 'zod';
import { badParameter } from '../api/problem-details';

/**
 * Flat, with the names that the query of HTTP has: to Nest's client an object with a property `key` is no question but a whole
 * record of Kafka.
 */
const request = z
  .object({ pipeline: z.string({ error: 'the name of a pipeline is needed' }) })
  .catchall(z.union([z.string(), z.number(), z.boolean()], { error: 'text, a number or a boolean is needed' }));

export interface QueryRequest {
  readonly pipeline: string;
  /** As the query of `GET /v1/pipelines/{name}/rows` has them. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Throws a 400 that names the property and says what would be right. */
export function queryRequest(given: unknown): QueryRequest {
  const parsed = request.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badParameter(issue?.path.join('.') || 'body', `${issue?.message ?? 'It is wrong'}.`);
  }
  const { pipeline, ...rest } = parsed.data;
  return {
    pipeline,
    parameters: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
  };
}
