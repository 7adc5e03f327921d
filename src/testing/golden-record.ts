import { z } from 'zod';
import { parseIsoTime } from '../core/decoding/iso-time';
import { strict } from '../core/pipeline/schema-kit';

/** A record of a golden test. */
export interface GivenRecord {
  /** Its fields, or its text as it is. */
  readonly value: Readonly<Record<string, unknown>> | string;
  /** The message key; `undefined` for the one of the pipeline's key, `null` for none. */
  readonly key?: string | null | undefined;
  /** The record's own timestamp, epoch ms; the clock's when absent. */
  readonly timestamp?: number | undefined;
  readonly partition?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const LONG_FORM = ['value', 'key', 'timestamp', 'partition', 'headers'];

const longForm = strict({
  value: z.union([z.string(), z.record(z.string(), z.unknown())]),
  key: z.string().nullable().optional(),
  timestamp: z
    .union([z.number(), z.string().transform((text) => parseIsoTime(text) ?? Number.NaN)])
    .refine((ms) => Number.isInteger(ms) && ms >= 0, { error: 'a time, or epoch milliseconds, is needed' })
    .optional(),
  partition: z.int().min(0).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/**
 * A mapping of fields, text, or `{ value, key, timestamp, partition, headers }`. That is told from a mapping of fields by its
 * names, and by a value that is a mapping or text: a record whose only field is a text called `value` needs it.
 */
export function givenRecord() {
  return z
    .union([z.string(), z.record(z.string(), z.unknown())], { error: () => 'a mapping of fields, or text, is needed' })
    .transform((given, context): GivenRecord => {
      if (typeof given === 'string' || !isLongForm(given)) return { value: given };
      const result = longForm.safeParse(given);
      if (result.success) return result.data;
      for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    });
}

function isLongForm(given: Readonly<Record<string, unknown>>): boolean {
  const { value } = given;
  const isValue = typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value));
  return isValue && Object.keys(given).every((name) => LONG_FORM.includes(name));
}
