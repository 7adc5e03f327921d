import { z } from 'zod';
import { badParameter } from './problem-details';

/** A place among the open rows: after `entry` of `segment` of the task of `partition`. */
const openPosition = z.object({ partition: z.int().min(0), segment: z.string(), entry: z.string() });

const rowCursor = z.object({
  /** Bounds of the first page: the table's own cursor belongs to them. */
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
  at: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('open'), after: openPosition.optional() }),
    /** `key` counts the typed keys that are already read; `table` is the reader's cursor. */
    z.object({ phase: z.literal('closed'), key: z.int().min(0), table: z.string().optional() }),
  ]),
});

export type OpenPosition = z.infer<typeof openPosition>;
export type RowCursor = z.infer<typeof rowCursor>;

export function encodeRowCursor(cursor: RowCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Throws a 400 for a text that {@link encodeRowCursor} has not made. */
export function decodeRowCursor(text: string): RowCursor {
  try {
    return rowCursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badParameter('cursor', 'Give the "cursor" of the page before, unchanged, with the same other parameters.');
  }
}
