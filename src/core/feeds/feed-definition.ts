import { z } from 'zod';
import { RESERVED_FIELD_NAMES } from '../pipeline/names';
import { byteSize, choice, choiceMessage, identifier, positiveDuration, strict } from '../pipeline/schema-kit';
import { distinctNames, topicName } from '../pipeline/source-definition';
import { SCHEMA_FORMATS } from '../ports/schema-registry.port';
import { sinkSchemaSchema } from '../pipeline/schema-definition';
import { feedSourceSchema, maxAhead } from './feed-source-definition';

const expression = () => z.string();

const dedupeSchema = strict({
  by: expression().describe('CEL: what makes two records the same one; text or a number'),
  remember: z.int().min(1).max(20_000).default(1000).describe('So many of the last ones are known'),
});

const PARTITIONERS = ['hash', 'range', 'round-robin', 'time', 'random', 'custom'] as const;

const partitionerSchema = z
  .discriminatedUnion(
    'kind',
    [
      strict({ kind: choice(['hash']) }),
      strict({
        kind: choice(['range']),
        by: expression().describe('CEL: a number or text'),
        bounds: z
          .array(z.union([z.number(), z.string()]))
          .min(1)
          .describe('Ascending; partition i takes what is below bound i and not below the one before'),
      }),
      strict({ kind: choice(['round-robin']) }),
      strict({ kind: choice(['time']), every: positiveDuration().describe('A partition for so long, then the next') }),
      strict({ kind: choice(['random']) }),
      strict({
        kind: choice(['custom']),
        partition: expression().describe('CEL: a whole number; its remainder counts'),
      }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? kindMessage(issue.input) : undefined) },
  )
  .superRefine((partitioner, context) => {
    if (partitioner.kind !== 'range' || isAscending(partitioner.bounds)) return;
    context.addIssue({ code: 'custom', path: ['bounds'], message: 'bounds must ascend and be of one type' });
  });

function kindMessage(input: unknown): string {
  return choiceMessage((input as { kind?: unknown } | null)?.kind, PARTITIONERS, []);
}

function isAscending(bounds: readonly (number | string)[]): boolean {
  return bounds.every((bound, i) => {
    const before = bounds[i - 1];
    return before === undefined || (typeof before === typeof bound && before < bound);
  });
}

const specSchema = strict({
  enabled: z.boolean().default(true).describe('Whether it runs; false keeps it in sight without running it'),
  topic: topicName().describe('Where its records go; what cannot become one goes to <topic>.dead'),
  partitions: z.int().min(1).max(1000).default(4).describe('Used only when the topic has to be created'),
  compacted: z
    .boolean()
    .default(false)
    .describe('Whether only the newest record of each key is kept, when the topic has to be created: for lookups'),
  format: choice(['json', ...SCHEMA_FORMATS])
    .default('json')
    .describe('Of the values of its records; all but json through a schema registry'),
  subject: z.string().min(1).optional().describe('Of the schema registry; default <topic>-value'),
  schema: sinkSchemaSchema().optional(),
  message: z.string().min(1).optional().describe('For protobuf: the message, by its full name; default the first one'),
  source: feedSourceSchema.describe('Where records come from'),
  records: expression()
    .optional()
    .describe('CEL over body: the list of items; by default body is the list, or one item'),
  where: expression().optional().describe('CEL over item: which items become records'),
  fields: z
    .record(identifier(RESERVED_FIELD_NAMES), expression())
    .optional()
    .describe('CEL over item by field of the record; by default the item is the record'),
  required: distinctNames().optional().describe('Fields without which a record goes to the dead letters'),
  valid: z
    .record(z.string(), expression())
    .optional()
    .describe('CEL over the fields by what must hold; a record for which it does not goes to the dead letters'),
  key: distinctNames().optional().describe("Fields of the record's key, as a pipeline groups them"),
  timestamp: expression()
    .optional()
    .describe("CEL over the fields: the record's time; by default that of producing it"),
  maxAhead: maxAhead(),
  maxRecordBytes: byteSize(1, 8 * 1024 * 1024)
    .prefault('1MiB')
    .describe('A larger record goes to the dead letters'),
  dedupe: dedupeSchema.optional().describe('Which records are dropped because they came before'),
  partitioner: partitionerSchema.prefault({ kind: 'hash' }).describe('Which partition a record goes to'),
}).superRefine(({ format, ...spec }, context) => {
  for (const name of ['subject', 'schema', 'message'] as const) {
    const isRight = name === 'message' ? format === 'protobuf' : format !== 'json';
    if (spec[name] === undefined || isRight) continue;
    context.addIssue({ code: 'custom', path: [name], message: `${name} has no meaning for format ${format}` });
  }
});

/** A definition of a feed, as users write it. */
export const feedSchema = strict({
  apiVersion: choice(['millrace/v1']),
  kind: choice(['Feed']),
  metadata: strict({
    name: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, {
        error: 'a name is made of letters, digits, ".", "_" and "-", and starts and ends with a letter or digit',
      }),
    description: z.string().optional(),
  }),
  spec: specSchema,
});

/** A validated definition: defaults filled in, durations in milliseconds, sizes in bytes. */
export type FeedDefinition = z.output<typeof feedSchema>;
export type PartitionerDefinition = FeedDefinition['spec']['partitioner'];

/** The JSON Schema (draft 2020-12) of feeds as users write them. */
export function feedJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(feedSchema, { io: 'input' });
  return { $schema, title: 'Millrace feed', ...rest };
}
