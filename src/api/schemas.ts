import type { ApiResponseSchemaHost } from '@nestjs/swagger';

type Schema = ApiResponseSchemaHost['schema'];

export const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
export const integer: Schema = { type: 'integer' };
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const object = (
  properties: Record<string, Schema>,
  required: readonly string[] = Object.keys(properties),
): Schema => ({
  type: 'object',
  properties,
  required: [...required],
});

/** RFC 9457. */
export const PROBLEM_SCHEMA = object({ type: text, title: text, status: integer, detail: text, instance: text });

const time: Schema = { ...object({ iso: { type: 'string', format: 'date-time' }, ms: integer }), nullable: true };
const counts = object({ accepted: integer, filtered: integer, late: integer, dead: integer });

const nullable = (schema: Schema): Schema => ({ ...schema, nullable: true });

const LATENESS_SCHEMA: Schema = {
  ...object({
    records: integer,
    lateRecords: integer,
    share: { type: 'number', description: 'Of late records among all, from 0 to 1' },
    p50Ms: nullable(integer),
    p99Ms: nullable(integer),
    maxMs: nullable(integer),
    keep99: { type: 'string', description: 'A grace that would have kept 99 % of the records' },
    keep999: { type: 'string', description: 'A grace that would have kept 99.9 % of the records' },
    advice: {
      type: 'string',
      example: 'grace 12s would have kept 99.9 % of the records; grace 1s kept 97.2 % of the records',
    },
  }),
  description: 'Of the answering process since it started',
};

const CLOSED_ROWS_SCHEMA: Schema = {
  ...object({ watermark: integer, idle: integer, 'end-of-input': integer, count: integer }),
  description: 'Final rows of the answering process since it started, by why their window was closed',
};

const TASK_SCHEMA = object(
  {
    partition: integer,
    state: { type: 'string', enum: ['claiming', 'running', 'paused', 'failed', 'elsewhere', 'unclaimed', 'unknown'] },
    reason: text,
    owner: text,
    epoch: text,
    nextOffset: text,
    endOffset: text,
    lagRecords: integer,
    streamTime: time,
    watermark: time,
    counts,
    checkpointAgeMs: number,
    openWindows: integer,
    stateKeys: integer,
    stateBytes: integer,
    stateBoundBytes: integer,
    parked: {
      ...object({ keys: integer, records: integer, first: listOf(text) }, ['keys', 'records', 'first']),
      description: 'Keys that wait for a record that could not be processed, what waits, and the first ten keys',
    },
  },
  ['partition', 'state'],
);

export const PIPELINE_SCHEMA = object(
  {
    name: text,
    description: text,
    state: { type: 'string', enum: ['starting', 'running', 'paused', 'failed', 'refused'] },
    reason: text,
    partitions: integer,
    key: listOf(text),
    window: { ...text, description: 'In words, such as calendar day in Asia/Shanghai' },
    aggregates: listOf(text),
    sinks: listOf(text),
    totals: counts,
    repartition: {
      ...object({ topic: text, tasks: listOf(TASK_SCHEMA) }),
      description: 'The internal topic that the tasks read, and the tasks that fill it',
    },
    lagRecords: integer,
    lateness: LATENESS_SCHEMA,
    closedRows: CLOSED_ROWS_SCHEMA,
    watermark: time,
    tasks: listOf(TASK_SCHEMA),
    definition: { type: 'object', description: 'Defaults filled in, durations in milliseconds' },
    problems: listOf(object({ file: text, line: integer, column: integer, message: text, text })),
  },
  ['name', 'state'],
);

export const PIPELINE_LIST_SCHEMA = object({ pipelines: listOf(PIPELINE_SCHEMA) });

export const RESUME_SCHEMA = object({ pipeline: text });

export const ROW_SCHEMA = object(
  {
    pipeline: text,
    key: { type: 'object', additionalProperties: true },
    window: object(
      {
        start: { type: 'string', format: 'date-time' },
        end: { type: 'string', format: 'date-time' },
        index: { ...integer, description: 'Ordinal of a count window of its key, from 0' },
      },
      ['start', 'end'],
    ),
    values: { type: 'object', additionalProperties: true },
    revision: { type: 'string', description: 'Of two versions of a row the greater is the newer' },
    final: { type: 'boolean' },
  },
  ['pipeline', 'key', 'revision', 'final'],
);

export const ROWS_SCHEMA = object(
  {
    rows: listOf(ROW_SCHEMA),
    cursor: text,
    note: { ...text, description: 'Why there are no rows, or none of closed windows, and what would mend that' },
  },
  ['rows'],
);

export const AGGREGATE_SCHEMA = object(
  {
    rows: listOf(
      object({
        key: { type: 'object' },
        window: object({
          start: { type: 'string', format: 'date-time' },
          end: { type: 'string', format: 'date-time' },
        }),
        values: { type: 'object' },
        windows: { ...integer, description: 'How many were merged' },
        final: { type: 'boolean', description: 'Whether all of them are closed' },
      }),
    ),
    notMerged: { type: 'object', description: 'Why aggregates are missing from values, by name' },
    note: text,
  },
  ['rows'],
);

export const TOPOLOGY_SCHEMA = object({
  pipeline: text,
  tasks: integer,
  nodes: listOf(object({ id: text, kind: text, label: text })),
  edges: listOf(object({ from: text, to: text })),
  mermaid: text,
});

export const VALIDATION_SCHEMA = object({
  valid: { type: 'boolean' },
  pipelines: listOf(text),
  problems: listOf(object({ line: integer, column: integer, message: text, text })),
});
