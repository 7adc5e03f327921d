import { z } from 'zod';
import { badParameter } from '../api/problem-details';
import type { Position } from './reading-tables';

const pageCursor = z.object({
  /** What is paged through: a cursor of one question is none of another. */
  of: z.string(),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
  after: z
    .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .min(1)
    .max(3),
});

export interface PageCursor {
  readonly of: string;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly after: Position;
}

export function encodeCursor(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Throws a 400 for a text that {@link encodeCursor} has not made for the same question. */
export function decodeCursor(text: string, of: string): PageCursor {
  const cursor = parse(text);
  if (cursor?.of === of) return cursor;
  throw badParameter('cursor', 'Give the "cursor" of the page before, unchanged, with the same other parameters.');
}

function parse(text: string): PageCursor | undefined {
  try {
    return pageCursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
