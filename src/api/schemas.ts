import type { ApiResponseSchemaHost } from '@nestjs/swagger';

type Schema = ApiResponseSchemaHost['schema'];

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer' };
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Record<string, Schema>, required: readonly string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required: [...required],
});

/** RFC 9457. */
export const PROBLEM_SCHEMA = object({ type: text, title: text, status: integer, detail: text, instance: text });

const time: Schema = { ...object({ iso: { type: 'string', format: 'date-time' }, ms: integer }), nullable: true };
const counts = object({ accepted: integer, filtered: integer, late: integer, dead: integer });

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
    aggregates: listOf(text),
    sinks: listOf(text),
    totals: counts,
    lagRecords: integer,
    watermark: time,
    tasks: listOf(TASK_SCHEMA),
    definition: { type: 'object', description: 'Defaults filled in, durations in milliseconds' },
    problems: listOf(object({ file: text, line: integer, column: integer, message: text, text })),
  },
  ['name', 'state'],
);

export const PIPELINE_LIST_SCHEMA = object({ pipelines: listOf(PIPELINE_SCHEMA) });

const ROW_SCHEMA = object(
  {
    pipeline: text,
    key: { type: 'object', additionalProperties: true },
    window: object({ start: { type: 'string', format: 'date-time' }, end: { type: 'string', format: 'date-time' } }),
    values: { type: 'object', additionalProperties: true },
    revision: { type: 'string', description: 'Of two versions of a row the greater is the newer' },
    final: { type: 'boolean' },
  },
  ['pipeline', 'key', 'revision', 'final'],
);

export const ROWS_SCHEMA = object({ rows: listOf(ROW_SCHEMA), cursor: text }, ['rows']);

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
