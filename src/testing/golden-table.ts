import { z } from 'zod';
import type { JsonValue } from '../core/json';
import { strict } from '../core/pipeline/schema-kit';
import type { ReplayEntry } from './replay-lookups';

/**
 * Entries of a reference table: a mapping of values by key, or a list of `{ key, value, time }` where a null value deletes
 * and `time` says from when on it holds. `time` makes the schema of a time, epoch ms.
 */
export function goldenTable<Time extends z.ZodType<number>>(time: () => Time) {
  const entry = strict({ key: z.string(), value: z.unknown(), time: time().optional() });
  return z.union([z.array(entry).transform(timed), z.record(z.string(), z.unknown()).transform(byKey)], {
    error: () => 'a mapping of values by key, or a list of { key, value, time }, is needed',
  });
}

function timed(entries: readonly { key: string; value: unknown; time?: number | undefined }[]): ReplayEntry[] {
  return entries.map(({ key, value, time }) => ({
    ...{ key, value: (value ?? null) as JsonValue },
    ...(time !== undefined && { timeMs: time }),
  }));
}

function byKey(values: Readonly<Record<string, unknown>>): ReplayEntry[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: value as JsonValue }));
}
