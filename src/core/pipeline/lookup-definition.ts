import { z } from 'zod';
import { RESERVED_FIELD_NAMES } from './names';
import { choiceMessage, duration, identifier, positiveDuration, strict } from './schema-kit';
import { fieldName, topicName } from './source-definition';

const TABLES = ['redis', 'topic'] as const;
const MISSING = [null, 'drop', 'dead-letter'] as const;
/** Each one costs every record; more are better joined into one table before. */
const MOST_LOOKUPS = 16;
const MOST_ENTRIES = 100_000_000;

const ofEveryTable = {
  on: z.string().describe('CEL over the record: the key of the entry, as text, a number or a boolean'),
  as: identifier(RESERVED_FIELD_NAMES).describe('The field that the entry becomes, for where, derive and aggregates'),
  missing: z
    .literal(MISSING, { error: (issue) => choiceMessage(issue.input, MISSING.map(String), []) })
    .default(null)
    .describe('What a record without an entry gets: null as the field; or it is filtered; or it is a dead letter'),
};

const redisSchema = strict({
  table: z.literal('redis'),
  name: z
    .string()
    .min(1)
    .describe("Key of a hash in the service's Redis, as it is; its fields hold JSON or plain text"),
  ...ofEveryTable,
  maxAge: duration().prefault('1s').describe('How long an answer of Redis is used again'),
});

const topicSchema = strict({
  table: z.literal('topic'),
  name: topicName().describe('A topic whose records are the entries: key, and JSON or plain text; null deletes'),
  ...ofEveryTable,
  pointInTime: z.boolean().default(false).describe('Whether a record sees the entry of its own time; else the newest'),
  time: strict({ field: fieldName() })
    .optional()
    .describe('From when on an entry holds; by default the timestamp of its record. Only with pointInTime'),
  history: positiveDuration()
    .optional()
    .describe('How far back versions are kept, before the newest of the table; default 1d. Only with pointInTime'),
  maxEntries: z.int().min(1).max(MOST_ENTRIES).default(1_000_000).describe('Most entries, versions counted'),
}).superRefine((lookup, context) => {
  if (lookup.pointInTime) return;
  for (const part of ['time', 'history'] as const) {
    if (lookup[part] === undefined) continue;
    context.addIssue({ code: 'custom', path: [part], message: 'has no meaning without pointInTime: true' });
  }
});

const oneLookup = z.discriminatedUnion('table', [redisSchema, topicSchema], {
  error: (issue) => (issue.code === 'invalid_union' ? choiceMessage(tableOf(issue.input), TABLES, []) : undefined),
});

/** One mapping or a list; parsed to a list. */
export const lookupSchema = z
  .union([oneLookup, z.array(oneLookup).min(1).max(MOST_LOOKUPS)], {
    error: () => 'a mapping or a list of mappings is needed',
  })
  .transform((given) => (Array.isArray(given) ? given : [given]))
  .describe('Adds entries of reference tables to each record, in this order, before where');

function tableOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'table' in input ? input.table : undefined;
}

/** Times in milliseconds. */
export type LookupDefinition = z.output<typeof oneLookup>;
