import { z } from 'zod';
import { badParameter } from '../api/problem-details';
import { timeOf } from '../api/row-parameters';
import type { JsonValue } from '../core/json';

const FORMATS = ['ndjson', 'csv'] as const;

/** What an export job is about, as the queue keeps it. */
export const exportInput = z.strictObject({
  pipeline: z.string(),
  format: z.enum(FORMATS),
  gzip: z.boolean(),
  /** Wanted texts of key fields. */
  key: z.record(z.string(), z.string()),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
});

export type ExportInput = z.output<typeof exportInput>;

const body = z.strictObject({
  format: z.enum(FORMATS, { error: `one of ${FORMATS.join(', ')} is needed` }).default('ndjson'),
  gzip: z.boolean().default(true),
  key: z.record(z.string(), z.string()).default({}),
  from: z.union([z.string(), z.number()]).optional(),
  to: z.union([z.string(), z.number()]).optional(),
});

/** Throws a 400 that names the property and says what would be right. */
export function exportRequest(pipeline: string, keyNames: readonly string[], given: JsonValue): ExportInput {
  const parsed = body.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badParameter(issue?.path.join('.') || 'body', `${issue?.message ?? 'It is wrong'}.`);
  }
  const { format, gzip, key, from, to } = parsed.data;
  const unknown = Object.keys(key).find((name) => !keyNames.includes(name));
  if (unknown !== undefined) throw badParameter(`key.${unknown}`, `Known ones: ${keyNames.join(', ')}.`);
  const [fromMs, toMs] = [timeOf('from', from?.toString()), timeOf('to', to?.toString())];
  const bounds = { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
  return { pipeline, format, gzip, key, ...bounds };
}
