import { z } from 'zod';
import type { LetterCursor } from '../runtime/dead-letters/list-letters';
import { isObject, type JsonObject } from '../core/task/merge-patch';
import { badParameter } from './problem-details';
import { limitOf, PAGE_LIMIT, timeOf } from './row-parameters';

export interface ListParameters {
  readonly pipeline: string;
  readonly key?: string;
  readonly reason?: string;
  readonly limit: number;
  readonly cursor?: LetterCursor;
}

export interface ReplayParameters {
  readonly pipeline: string;
  readonly key?: string;
  readonly reason?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  readonly patch?: JsonObject;
  readonly again: boolean;
}

const LIST_NAMES = ['pipeline', 'key', 'reason', 'limit', 'cursor'];
const REPLAY_LIMIT = { fallback: 10_000, min: 1, max: 100_000 };

const replayBody = z.strictObject({
  pipeline: z.string(),
  key: z.string().optional(),
  reason: z.string().optional(),
  from: z.union([z.string(), z.number()]).optional(),
  to: z.union([z.string(), z.number()]).optional(),
  limit: z.int().min(REPLAY_LIMIT.min).max(REPLAY_LIMIT.max).default(REPLAY_LIMIT.fallback),
  patch: z.custom<JsonObject>(isObject, { error: 'a JSON object is needed' }).optional(),
  again: z.boolean().default(false),
});

/** Throws a 400 that names the parameter and says what would be right. */
export function parseListParameters(query: Readonly<Record<string, unknown>>): ListParameters {
  for (const [name, value] of Object.entries(query)) {
    if (!LIST_NAMES.includes(name)) {
      throw badParameter(name, `It is not known here. Known ones: ${LIST_NAMES.join(', ')}.`);
    }
    if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
  }
  const { pipeline, key, reason, limit, cursor } = query as Readonly<Record<string, string | undefined>>;
  if (pipeline === undefined) throw badParameter('pipeline', 'It is needed: the name of a pipeline.');
  return {
    pipeline,
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { reason }),
    limit: limitOf(limit, PAGE_LIMIT),
    ...(cursor !== undefined && { cursor: cursorOf(cursor) }),
  };
}

/** Throws a 400 that names the property and says what would be right. */
export function parseReplayBody(text: string): ReplayParameters {
  const parsed = replayBody.safeParse(jsonOf(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badParameter(issue?.path.join('.') || 'body', `${issue?.message ?? 'It is wrong'}.`);
  }
  const { from, to, key, reason, patch, ...rest } = parsed.data;
  const fromMs = timeOf('from', from?.toString());
  const toMs = timeOf('to', to?.toString());
  return {
    ...rest,
    ...(key !== undefined && { key }),
    ...(reason !== undefined && { reason }),
    ...(patch && { patch }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
  };
}

export function cursorText({ partition, offset }: LetterCursor): string {
  return `${partition}:${offset}`;
}

function cursorOf(text: string): LetterCursor {
  const [, partition, offset] = /^(\d{1,9}):(\d{1,19})$/.exec(text) ?? [];
  if (partition === undefined || offset === undefined) {
    throw badParameter('cursor', `"${text}" is no cursor. Give the one of the page before, as it is.`);
  }
  return { partition: Number(partition), offset: BigInt(offset) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badParameter('body', 'It is no JSON. Send an object such as {"pipeline":"air-quality-daily"}.');
  }
}
