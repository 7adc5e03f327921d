import { z } from 'zod';
import { FatalError, messageOf } from '../errors';
import type { JsonValue } from '../json';

const jsonValue = z.json() as unknown as z.ZodType<JsonValue>;

const stateSchema = z.object({
  version: z.literal(1),
  /** Of the term that wrote it: a process of an older term goes no further. */
  token: z.int(),
  /** Items seen so far. */
  seen: z.int(),
  /** When the last poll was that produced something or moved the cursor, epoch ms; 0 for never. */
  polledAtMs: z.number(),
  cursor: jsonValue,
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** Of the last records, as {@link RememberedIds} has them. */
  ids: z.array(z.string()),
});

/** Where a feed stands; stored with what it has produced. */
export type FeedState = Readonly<z.infer<typeof stateSchema>>;

/** Of a feed that has never produced anything. */
export const FIRST_STATE: FeedState = {
  version: 1,
  token: 0,
  seen: 0,
  polledAtMs: 0,
  cursor: null,
  etag: null,
  lastModified: null,
  ids: [],
};

export function encodeState(state: FeedState): string {
  return JSON.stringify(state);
}

/** Throws FatalError for what this version cannot read: going on without it would produce everything again. */
export function decodeState(text: string, feed: string): FeedState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (thrown) {
    throw new FatalError(
      `The state of feed ${feed} cannot be read: ${messageOf(thrown).replace(/\s+/g, ' ')}. It was written by another ` +
        'version; give the feed another name to begin anew.',
    );
  }
}
