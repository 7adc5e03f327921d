import { z } from 'zod';
import type { Forecaster } from '../../core/models/forecaster';
import { inputsInOrder } from '../../core/models/online-regression';
import { parseIsoTime } from '../../core/decoding/iso-time';
import { badParameter } from '../problem-details';

const keyValue = z.union([z.string(), z.number(), z.boolean()]);

const requestSchema = z.strictObject({
  key: z.record(z.string(), keyValue),
  at: z.string().optional(),
  value: z.number().optional(),
  inputs: z.record(z.string(), z.number().nullable()).optional(),
});

export type PredictionRequest = z.output<typeof requestSchema>;

/** What was assumed, and what follows from it one step later. */
export interface Prediction {
  readonly at: string;
  readonly value: number;
  readonly inputs: Readonly<Record<string, number | null>>;
  readonly predicted: { readonly at: string; readonly value: number };
}

/** Throws a 400 that names what is wrong with the body. */
export function parsePredictionRequest(text: string): PredictionRequest {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badParameter('body', 'It is no JSON. An example: {"key":{"location":"Beijing US Post"},"value":80}');
  }
  const result = requestSchema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw badParameter(path.join('.') || 'body', `${message}.`);
}

/**
 * The prediction one step after a reading: the newest one, changed by what the request gives, or another one at a later
 * `at`. Inputs that are not given are those of the newest reading; null is "not measured". Throws a 400 for an unknown input,
 * and for a time before the newest reading: the past is not kept.
 */
export function predictionFor(forecaster: Forecaster, request: PredictionRequest): Prediction {
  const { options, parts } = forecaster;
  const newest = parts.history.newest!;
  const timeMs = request.at === undefined ? newest.timeMs : (parseIsoTime(request.at) ?? NaN);
  if (Number.isNaN(timeMs)) throw badParameter('at', `"${request.at}" is no time; ISO 8601 with a zone is needed.`);
  if (timeMs < newest.timeMs) {
    throw badParameter('at', `It must not be before the newest reading, ${new Date(newest.timeMs).toISOString()}.`);
  }
  const unknown = Object.keys(request.inputs ?? {}).find((name) => !options.inputNames.includes(name));
  if (unknown !== undefined) {
    throw badParameter(`inputs.${unknown}`, `The model has no such input; ${options.inputNames.join(', ')} are.`);
  }
  const value = request.value ?? newest.value;
  const inputs = { ...newestInputs(options.inputNames, parts.inputs), ...request.inputs };
  const predicted = forecaster.predict(timeMs, value, inputsInOrder(options.inputNames, inputs));
  return {
    at: new Date(timeMs).toISOString(),
    ...{ value, inputs },
    predicted: { at: new Date(timeMs + options.stepMs).toISOString(), value: predicted },
  };
}

function newestInputs(names: readonly string[], values: Float64Array): Record<string, number | null> {
  return Object.fromEntries(names.map((name, i) => [name, Number.isNaN(values[i]) ? null : values[i]!]));
}
