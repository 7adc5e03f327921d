import { z } from 'zod';
import { byteSize, choice, duration, positiveDurationOrNever, strict } from './schema-kit';
import { personalFields, sourceSchemaSchema } from './schema-definition';
import { SCHEMA_FORMATS } from '../ports/schema-registry.port';

const FORMATS = ['json', 'csv', ...SCHEMA_FORMATS] as const;
/** `<topic>.dead` must be a legal name too, and 249 is Kafka's limit. */
const LONGEST_TOPIC = 244;

export const topicName = () =>
  z
    .string()
    .min(1)
    .max(LONGEST_TOPIC)
    .regex(/^[A-Za-z0-9._-]+$/, { error: 'the name of a topic is made of letters, digits, ".", "_" and "-"' })
    .refine((name) => name !== '.' && name !== '..', { error: '"." and ".." are no names of topics' });

export const fieldName = () =>
  z
    .string()
    .min(1)
    .refine((name) => name !== '__proto__', { error: '"__proto__" is a reserved name' });

/** One text for each field; the places of those that repeat an earlier one are reported. */
export function distinctNames(error?: (issue: { input?: unknown }) => string | undefined) {
  return z
    .array(fieldName(), { error })
    .min(1)
    .superRefine((names, context) => {
      names.forEach((name, i) => {
        if (names.indexOf(name) < i)
          context.addIssue({ code: 'custom', path: [i], message: `"${name}" is named twice` });
      });
    });
}

const timeSchema = strict({
  field: fieldName()
    .optional()
    .describe(
      'ISO 8601 text (UTC unless it names an offset), epoch seconds or milliseconds; a path such as values.at looks into objects',
    ),
  outOfOrderness: duration().prefault('0s').describe('How far the watermark stays behind the newest record'),
  idleAfter: positiveDurationOrNever()
    .prefault('60s')
    .describe("Silence after which a partition's time follows the clock; never switches that off"),
  advanceOn: choice(['accepted', 'all'])
    .default('accepted')
    .describe('Which records move time; all: also those that where leaves out'),
});

export const sourceSchema = strict({
  topic: topicName().describe('The Kafka topic that is read; its dead letters go to <topic>.dead'),
  partitions: z.int().min(1).max(1000).default(4).describe('Used only when the topic has to be created'),
  format: choice(FORMATS).describe('Of the values of its records; the last three through a schema registry'),
  csv: strict({ columns: distinctNames().describe('Names of the cells, in order') })
    .optional()
    .describe('For format csv'),
  schema: sourceSchemaSchema().optional(),
  personal: personalFields().optional(),
  maxRecordBytes: byteSize(1, 64 * 1024 * 1024)
    .prefault('1MiB')
    .describe('A larger record is a dead letter'),
  time: timeSchema.prefault({}),
}).superRefine((source, context) => {
  if (source.format === 'csv' && !source.csv) {
    context.addIssue({ code: 'custom', path: ['format'], message: 'format csv needs csv: { columns: [...] }' });
  }
  if (source.format !== 'csv' && source.csv) {
    context.addIssue({ code: 'custom', path: ['csv'], message: `csv has no meaning for format ${source.format}` });
  }
  if (source.schema && (source.format === 'json' || source.format === 'csv')) {
    const message = `schema has no meaning for format ${source.format}`;
    context.addIssue({ code: 'custom', path: ['schema'], message });
  }
});
