import { integer, listOf, object, text } from '../api/schemas';

const time = { type: 'string', format: 'date-time' } as const;
const anything = { description: 'JSON' } as const;
const flag = { type: 'boolean' } as const;

export const JOB_SCHEMA = object(
  {
    id: text,
    kind: { type: 'string', enum: ['export', 'rebuild'] },
    state: { type: 'string', enum: ['waiting', 'running', 'retrying', 'done', 'failed'] },
    input: anything,
    attempts: integer,
    created: time,
    updated: time,
    worker: { ...text, description: 'The process that had it last' },
    progress: anything,
    result: anything,
    error: { ...text, description: 'Of the last attempt that failed' },
  },
  ['id', 'kind', 'state', 'input', 'attempts', 'created', 'updated'],
);

export const JOB_LIST_SCHEMA = object({ jobs: listOf(JOB_SCHEMA) });

export const EXPORT_BODY_SCHEMA = object(
  {
    format: { type: 'string', enum: ['ndjson', 'csv'], default: 'ndjson' },
    gzip: { ...flag, default: true },
    key: { type: 'object', additionalProperties: text, description: 'Only rows whose key fields have these texts' },
    from: { ...text, description: 'Windows that start at or after; ISO 8601 or epoch ms' },
    to: { ...text, description: 'Windows that start before' },
  },
  [],
);

export const REBUILD_BODY_SCHEMA = object(
  {
    from: { ...text, description: 'ISO 8601 or epoch ms; the beginning of the log without it' },
    acceptLostBeginning: { ...flag, description: 'Begin where the log does, although records before were deleted' },
  },
  [],
);
