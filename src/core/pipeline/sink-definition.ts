import { z } from 'zod';
import { SCHEMA_FORMATS } from '../ports/schema-registry.port';
import { metricsSchema } from './metrics-sink-definition';
import { suggestion } from './nearest';
import { redisSchema } from './redis-sink-definition';
import { choice, strict } from './schema-kit';
import { topicName } from './source-definition';
import { sinkSchemaSchema } from './schema-definition';

const SINK_KINDS = ['cassandra', 'kafka', 'live', 'metrics', 'redis'] as const;

const columnName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/, { error: 'a column is made of lower-case letters, digits and _ (at most 48)' });

const cassandraSchema = strict({
  table: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}\.[a-z][a-z0-9_]{0,47}$/, { error: 'keyspace.table in lower case is needed' })
    .describe('keyspace.table; `millrace ddl` prints the CQL that makes it'),
  columns: z
    .record(columnName(), z.string())
    .refine((columns) => Object.keys(columns).length > 0, { error: 'at least one column is needed' })
    .describe(
      'CEL over key.*, window.start, .end, .date, .year, .index (count), the aggregates (fields, if stateless), revision, final; or now() for when the row was written, which is no part of its version',
    ),
  cached: z
    .boolean()
    .optional()
    .describe('Whether repositories keep its partitions in Redis: each write then drops what they keep of them'),
  writeTime: choice(['revision', 'event-time'])
    .optional()
    .describe(
      'What cells are written with; event-time, for records that are rows, lets a table compacted by time windows drop them by age',
    ),
  moving: z
    .array(columnName())
    .min(1)
    .optional()
    .describe(
      'Clustering columns whose value may change: a row then leaves its old place in the table; one whose value is null has none',
    ),
});

const kafkaSchema = strict({
  topic: topicName().describe('Rows by the key of the row'),
  delivery: choice(['at-least-once', 'exactly-once'])
    .default('at-least-once')
    .describe(
      '`at-least-once`: each record carries the revision of its row, so that a second one is known; `exactly-once`: one transaction for each checkpoint, for readers of what is committed',
    ),
  format: choice(['json', ...SCHEMA_FORMATS])
    .optional()
    .describe('Of the rows; default json, all others through a schema registry'),
  subject: z.string().min(1).optional().describe('Of the schema registry; default <topic>-value'),
  schema: sinkSchemaSchema().optional(),
  message: z.string().min(1).optional().describe('For protobuf: the message, by its full name; default the first one'),
}).superRefine((sink, context) => {
  const { format = 'json' } = sink;
  for (const name of ['subject', 'schema', 'message'] as const) {
    const isRight = name === 'message' ? format === 'protobuf' : format !== 'json';
    if (sink[name] === undefined || isRight) continue;
    context.addIssue({ code: 'custom', path: [name], message: `${name} has no meaning for format ${format}` });
  }
});

/** What is wrong with the outer shape of a sink; the message of last resort, used when no kind of sink fits. */
function wrongSink(sink: unknown): string {
  const wanted = `exactly one of ${SINK_KINDS.join(', ')} is needed`;
  if (typeof sink !== 'object' || sink === null || Array.isArray(sink)) return wanted;
  const unknown = Object.keys(sink).find((name) => !SINK_KINDS.includes(name as never));
  return unknown === undefined ? wanted : `unknown sink "${unknown}"${suggestion(unknown, SINK_KINDS)}`;
}

export const sinkSchema = z.union(
  [
    strict({ cassandra: cassandraSchema }),
    strict({ kafka: kafkaSchema }),
    strict({ live: strict({}) }),
    strict({ redis: redisSchema }),
    strict({ metrics: metricsSchema }),
  ],
  { error: (issue) => wrongSink(issue.input) },
);

export type SinkDefinition = z.output<typeof sinkSchema>;
