import { z } from 'zod';
import { parseIsoTime } from '../core/decoding/iso-time';
import { choice, positiveDuration, strict } from '../core/pipeline/schema-kit';
import { givenRecord } from './golden-record';
import { goldenTable } from './golden-table';

const TIME_EXPECTED = 'a time such as 2026-01-31T08:00:00Z, or epoch milliseconds, is needed';

/** A time; parsed to epoch ms. */
const time = () =>
  z.union([z.string(), z.number()], { error: () => TIME_EXPECTED }).transform((given, context) => {
    const ms = typeof given === 'number' ? given : parseIsoTime(given);
    if (ms !== undefined && Number.isInteger(ms) && ms >= 0) return ms;
    context.addIssue({ code: 'custom', message: TIME_EXPECTED });
    return z.NEVER;
  });

const CLOSE_REASONS = ['watermark', 'idle', 'end-of-input', 'count'] as const;
const POISON_REASONS = [
  ...(['not-decodable', 'bad-time', 'bad-key', 'bad-value'] as const),
  ...(['expression-failed', 'too-large', 'wrong-message-key', 'lookup-missing', 'parking-full'] as const),
  ...(['schema-header', 'schema-unknown', 'schema-incompatible'] as const),
] as const;

const jsonValues = z.record(z.string(), z.unknown());

const expectedRowSchema = strict({
  key: jsonValues.optional().describe('Key fields by name; those that are not named may be anything'),
  window: strict({ start: time().optional(), end: time().optional(), index: z.int().min(0).optional() }).optional(),
  values: jsonValues.optional().describe('Aggregates by name; those that are not named may be anything'),
  final: z.boolean().optional(),
  deleted: z.boolean().optional().describe('Whether the row is gone, as one of a merged session is'),
  closeReason: choice(CLOSE_REASONS).optional(),
}).refine((row) => Object.keys(row).length > 0, { error: 'at least one part of the row is needed' });

const expectedDeadSchema = strict({
  reason: choice(POISON_REASONS),
  message: z.string().optional().describe('Text that the message contains'),
});

const stepSchema = strict({
  given: z
    .array(givenRecord())
    .min(1)
    .optional()
    .describe('Records: their fields, the text of their value, or { value, key, timestamp, partition, headers }'),
  advanceTo: time().optional().describe('Puts the clock; time passes without a record'),
  advanceBy: positiveDuration().optional().describe('Puts the clock so far ahead'),
  close: z.literal(true).optional().describe('Ends the input: every window that is open closes'),
  expect: z.array(expectedRowSchema).optional().describe('The rows emitted since the last expect, in their order'),
  expectTable: z
    .array(expectedRowSchema)
    .optional()
    .describe('The newest of all rows emitted, without deleted ones, by key and then by start'),
  expectLate: z.int().min(0).optional().describe('How many records were late since the last expectLate'),
  expectDead: z
    .array(expectedDeadSchema)
    .optional()
    .describe('The dead letters since the last expectDead, in their order'),
}).superRefine((step, context) => {
  const add = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (Object.keys(step).length === 0) add([], 'a step does something: given, advanceTo, advanceBy, close, or expects');
  if (step.advanceTo !== undefined && step.advanceBy !== undefined)
    add(['advanceBy'], 'either advanceTo or advanceBy, not both');
});

const specSchema = strict({
  pipeline: z
    .union([z.string().min(1), strict({ file: z.string().min(1), name: z.string().min(1) })], {
      error: () => 'the path of a pipeline file is needed, or { file, name } for one of several in it',
    })
    .transform((given) => (typeof given === 'string' ? { file: given, name: undefined } : given))
    .describe('A pipeline file, by its path from the folder of the test'),
  partitions: z.int().min(1).max(1000).default(1).describe('Keys are spread over so many, as Kafka spreads them'),
  tables: z
    .record(z.string(), goldenTable(time))
    .default({})
    .describe('Entries of each table that the pipeline looks records up in: values by key, or a list with times'),
  tolerance: z
    .number()
    .min(0)
    .default(1e-9)
    .describe(
      'Numbers are equal if they differ by this much of the expected one at most, or by this much if it is below 1',
    ),
  steps: z
    .array(stepSchema)
    .min(1)
    .describe('In this order; what one step holds happens in the order of its reference'),
}).superRefine(({ steps, partitions }, context) => {
  const closed = steps.findIndex(({ close }) => close === true);
  steps.forEach((step, i) => {
    const at = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: ['steps', i, ...path], message });
    for (const action of ['given', 'advanceTo', 'advanceBy', 'close'] as const) {
      if (closed !== -1 && i > closed && step[action] !== undefined)
        at([action], 'the input has ended in a step before');
    }
    step.given?.forEach(({ partition = 0 }, record) => {
      if (partition < partitions) return;
      at(['given', record, 'partition'], `must be below spec.partitions, which is ${partitions}`);
    });
  });
});

/** A golden test: a pipeline, records and clock steps, and the rows that must come. */
export const goldenTestSchema = strict({
  apiVersion: choice(['millrace/v1']),
  kind: choice(['Test']),
  metadata: strict({ name: z.string().min(1).max(200), description: z.string().optional() }),
  spec: specSchema,
});

export type GoldenTestDefinition = z.output<typeof goldenTestSchema>;
export type GoldenStep = GoldenTestDefinition['spec']['steps'][number];
export type ExpectedRow = z.output<typeof expectedRowSchema>;
export type ExpectedDead = z.output<typeof expectedDeadSchema>;

/** The JSON Schema (draft 2020-12) of golden tests as users write them. */
export function goldenTestJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(goldenTestSchema, { io: 'input' });
  return { $schema, title: 'Millrace golden test', ...rest };
}
