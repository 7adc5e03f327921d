import { z } from 'zod';
import { SHUFFLE_SUFFIX } from '../repartition/names';
import { lookupSchema } from './lookup-definition';
import { RESERVED_AGGREGATE_NAMES, RESERVED_FIELD_NAMES } from './names';
import { repartitionOf, repartitionSchema } from './repartition-definition';
import { byteSize, choice, choiceMessage, duration, identifier, positiveDuration, strict } from './schema-kit';
import { sinkSchema } from './sink-definition';
import { distinctNames, sourceSchema, topicName } from './source-definition';
import { windowSchema } from './window-definition';

export type { SinkDefinition } from './sink-definition';
export type { WindowDefinition } from './window-definition';

/** CEL, checked by `checkRecordExpressions`: places of syntax errors are lost inside a schema. */
const expression = () => z.string();

const named = z.record(identifier(RESERVED_FIELD_NAMES), expression());

const aggregates = z
  .record(identifier(RESERVED_AGGREGATE_NAMES), expression())
  .refine((calls) => Object.keys(calls).length > 0, { error: 'at least one aggregate is needed' });

const emitSchema = strict({
  on: choice(['update', 'close', 'both', 'record'])
    .default('update')
    .describe(
      'Whether a row comes when it has changed, when its window closes, or both; `record`: one for each record that changes it, none left out',
    ),
  every: duration().prefault('0s').describe('Least time between two updates of rows; 0s for one with each checkpoint'),
});

const checkpointSchema = strict({
  interval: positiveDuration().prefault('200ms').describe('Longest time between two checkpoints while rows change'),
  maxRows: z.int().min(1).max(100_000).default(5000).describe('Changed rows that make a checkpoint come earlier'),
  maxBytes: byteSize(1024, 16 * 1024 * 1024)
    .prefault('1MiB')
    .describe('Bytes of changed state that make a checkpoint come earlier'),
});

const errorBudgetSchema = strict({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('When more than this share of the last records became dead letters, the pipeline pauses; 1 for never'),
  of: z.int().min(10).max(100_000).default(1000).describe('How many records, the last ones, the share is of'),
});

const sinks = z.array(sinkSchema).min(1, { error: 'at least one sink is needed' });

const lateSchema = z
  .union(
    [
      z.literal('drop'),
      strict({ topic: topicName().describe('Late records go there, with headers that say why') }),
      strict({ amend: positiveDuration().describe('How long after it closed a window is kept and corrected') }),
    ],
    {
      error: (issue) => choiceMessage(lateName(issue.input), ['drop', 'topic', 'amend'], []),
    },
  )
  .default('drop')
  .describe('What becomes of records all of whose windows have closed; they are counted whatever it says');

/** Kinds of which a record is in one window, that no other record moves. */
export const ONE_PANE: readonly string[] = ['tumbling', 'calendar', 'global'];

const specSchema = strict({
  source: sourceSchema,
  lookup: lookupSchema.optional(),
  where: expression()
    .optional()
    .describe('CEL over the fields of the record, key, timestamp, headers; runs before derive'),
  derive: named.optional().describe('CEL; new fields for what follows'),
  key: distinctNames()
    .optional()
    .describe('Fields that records are grouped by; with window and aggregate, or without both'),
  repartition: repartitionSchema,
  window: windowSchema.optional().describe('Which records of a key are aggregated together'),
  aggregate: aggregates.optional().describe('Values of a row: name, and a call such as avg(pm25)'),
  emit: emitSchema.prefault({}),
  late: lateSchema,
  sinks: sinks.describe(
    'Where rows go: live and each view of redis at most once, cassandra once for each table, metrics once for each name, kafka as often as needed',
  ),
  onStateLoss: choice(['rebuild', 'fail', 'reset'])
    .default('rebuild')
    .describe('When Redis has lost a task: read again from where it began, stop, or go on without its state'),
  onPoison: choice(['dead-letter', 'park'])
    .default('dead-letter')
    .describe(
      'What becomes of a record that cannot be processed: stored in <topic>.dead, or, besides, its key waits until the record is replayed',
    ),
  errorBudget: errorBudgetSchema.prefault({}),
  checkpoint: checkpointSchema.prefault({}),
}).superRefine((spec, context) => {
  const missing = (['key', 'window', 'aggregate'] as const).filter((part) => spec[part] === undefined);
  if (missing.length > 0 && missing.length < 3) {
    for (const part of missing) {
      const message = 'is missing; a pipeline has key, window and aggregate, or none of them';
      context.addIssue({ code: 'custom', path: [part], message });
    }
  }
  if (repartitionOf(spec).when === 'always' && spec.key === undefined) {
    const message = 'has no meaning for a pipeline without a key: nothing is grouped';
    context.addIssue({ code: 'custom', path: ['repartition'], message });
  }
  if (spec.onPoison === 'park') {
    const message = parkingProblem(spec);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['onPoison'], message });
  }
  const kind = spec.window?.kind;
  if (spec.emit.on === 'record' && !ONE_PANE.includes(kind ?? '')) {
    const message = `record needs a window of kind ${ONE_PANE.join(', ')}: a record then changes one row`;
    context.addIssue({ code: 'custom', path: ['emit', 'on'], message });
  }
  if (spec.late !== 'drop' && (kind === undefined || kind === 'count' || kind === 'global')) {
    const message = `has no meaning for ${kind === undefined ? 'a pipeline without windows' : `${kind} windows`}: no record is late`;
    context.addIssue({ code: 'custom', path: ['late'], message });
  }
  if (typeof spec.late === 'object' && 'topic' in spec.late && spec.late.topic === spec.source.topic) {
    context.addIssue({
      code: 'custom',
      path: ['late', 'topic'],
      message: 'is the source topic: late records would go round',
    });
  }
});

/** The key of a record that cannot be processed is what its own fields say. */
function parkingProblem(spec: {
  readonly key?: readonly string[] | undefined;
  readonly derive?: Readonly<Record<string, string>> | undefined;
  readonly lookup?: readonly { readonly as: string }[] | undefined;
}): string | undefined {
  if (spec.key === undefined) return 'park has no meaning for a pipeline without a key: nothing has to wait';
  const computed = new Set([...Object.keys(spec.derive ?? {}), ...(spec.lookup ?? []).map(({ as }) => as)]);
  const unknown = spec.key.find((name) => computed.has(name));
  if (unknown === undefined) return undefined;
  return (
    `park needs a key of fields that the record itself has: "${unknown}" is computed, so that the key of a record for ` +
    'which that fails cannot be told; group by fields of the record, or set dead-letter'
  );
}

/** `{ topic: .. }` and `{ amend: .. }` go by the name of their property. */
function lateName(input: unknown): unknown {
  return typeof input === 'object' && input !== null ? Object.keys(input)[0] : input;
}

const API_VERSION = 'millrace/v1';

export const pipelineSchema = strict({
  apiVersion: choice([API_VERSION]),
  kind: choice(['Pipeline']),
  metadata: strict({
    name: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, {
        error: 'a name is made of letters, digits, ".", "_" and "-", and starts and ends with a letter or digit',
      })
      .refine((name) => !name.endsWith(SHUFFLE_SUFFIX), {
        error: `names that end in "${SHUFFLE_SUFFIX}" are those of internal consumer groups`,
      }),
    description: z.string().optional(),
  }),
  spec: specSchema,
});

/** A validated definition: defaults filled in, durations in milliseconds, sizes in bytes. */
export type PipelineDefinition = z.output<typeof pipelineSchema>;
