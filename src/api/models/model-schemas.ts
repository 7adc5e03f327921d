import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import { integer, listOf, object, text } from '../schemas';

type Schema = ApiResponseSchemaHost['schema'];

const number: Schema = { type: 'number' };
const anyObject: Schema = { type: 'object', additionalProperties: true };
const time: Schema = { type: 'string', format: 'date-time' };
const errors: Schema = {
  ...object({ model: number, last: number, mean: number }),
  description: 'Mean absolute errors: of the model, of "the same as the last reading", of "the mean so far"',
};
const declaration = { name: text, pipeline: text, aggregate: text, description: text, key: listOf(text), call: text };

export const MODEL_LIST_SCHEMA = object({
  models: listOf(object({ ...declaration, publishEvery: integer }, ['name'])),
});

const INSTANCE_SCHEMA = object(
  {
    key: anyObject,
    at: time,
    value: number,
    predicted: { ...number, nullable: true, description: 'For the newest reading, before it was there' },
    score: { ...number, nullable: true },
    anomaly: { type: 'boolean' },
    drift: { type: 'boolean' },
    next: object({ at: time, predicted: number }),
    version: integer,
    learned: integer,
    scored: integer,
    ignored: integer,
    drifts: integer,
    mae: errors,
    recent_mae: errors,
    parameters: { ...anyObject, nullable: true },
  },
  ['key', 'version'],
);

export const MODEL_SCHEMA = object(
  { ...declaration, publishEvery: integer, instances: listOf(INSTANCE_SCHEMA), versions: listOf(anyObject) },
  ['name', 'instances'],
);

export const PREDICTION_REQUEST_SCHEMA = object(
  {
    key: anyObject,
    at: { ...time, description: 'Of the reading from which is predicted; default the newest' },
    value: { ...number, description: 'Of that reading; default that of the newest' },
    inputs: { ...anyObject, description: 'By name; null for what is not measured; default those of the newest' },
  },
  ['key'],
);

export const PREDICTION_SCHEMA = object({
  model: text,
  key: anyObject,
  version: integer,
  learned: integer,
  at: time,
  value: number,
  inputs: anyObject,
  predicted: object({ at: time, value: number }),
});
