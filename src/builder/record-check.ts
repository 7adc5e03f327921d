import { z } from 'zod';
import { fnv1a64 } from '../core/pipeline/fingerprint';

/** Whether a decoded record is what the types say. */
export interface RecordCheck {
  /** Part of the pipeline's fingerprint: another schema may take other records. */
  readonly version: string;
  /** The record as the schema gives it, or what is wrong with it. */
  check(fields: unknown): { readonly fields: object } | { readonly fault: string };
  /** What it checks by. */
  readonly schema?: z.ZodType<object>;
}

/** Checks by a Zod schema. Its version is `version`, or a hash of its JSON Schema, in which code does not show. */
export function zodCheck(schema: z.ZodType<object>, version: string | undefined): RecordCheck {
  return {
    schema,
    version: version ?? fnv1a64(JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }))),
    check: (fields) => {
      const result = schema.safeParse(fields);
      return result.success ? { fields: result.data } : { fault: result.error.issues.map(issueText).join('; ') };
    },
  };
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}
