import { z } from 'zod';
import { badParameter } from '../api/problem-details';

const text = z.union([z.string(), z.number()]).transform(String);

const request = z.strictObject({
  pipeline: z.string(),
  /** Values of key fields. */
  key: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  from: text.optional(),
  to: text.optional(),
  limit: text.optional(),
  cursor: z.string().optional(),
});

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
  const { pipeline, key, ...rest } = parsed.data;
  const keys = Object.entries(key).map(([name, value]) => [`key.${name}`, value] as const);
  const others = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { pipeline, parameters: Object.fromEntries([...keys, ...others]) };
}
