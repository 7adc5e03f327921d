import { z } from 'zod';
import { ProblemException, problemType } from '../../api/problem-details';

const id = z.string().min(1).max(64);

const subscribe = z.strictObject({
  op: z.literal('subscribe'),
  id,
  pipeline: z.string().min(1).max(200),
  /** Wanted texts of key fields. */
  key: z.record(z.string(), z.string()).default({}),
  limit: z.int().min(0).optional(),
  every: z.string().optional(),
  /** The `at` of the last message of an earlier subscription. */
  after: z.string().max(20_000).optional(),
});

const unsubscribe = z.strictObject({ op: z.literal('unsubscribe'), id });

const message = z.discriminatedUnion('op', [subscribe, unsubscribe]);

/** What a client says on a socket; `id` is the client's own name for one subscription. */
export type SocketMessage = z.infer<typeof message>;
export type Subscribe = z.infer<typeof subscribe>;

const EXAMPLE = '{"op":"subscribe","id":"1","pipeline":"air-quality-daily"}';

/** Throws a 400 that says what is wrong with the text. */
export function parseSocketMessage(text: string): SocketMessage {
  const parsed = message.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the message';
  throw badMessage(`${place}: ${issue?.message ?? 'not usable'}. One that works: ${EXAMPLE}`);
}

/** The query of `GET /v1/pipelines/{name}/live` that asks for the same. */
export function queryOf({ key, limit, every }: Subscribe): Record<string, string> {
  const keys = Object.entries(key).map(([name, wanted]) => [`key.${name}`, wanted]);
  return {
    ...(Object.fromEntries(keys) as Record<string, string>),
    ...(limit !== undefined && { limit: String(limit) }),
    ...(every !== undefined && { every }),
  };
}

export function badMessage(detail: string): ProblemException {
  return new ProblemException({
    type: problemType('bad-message'),
    title: 'The message is not usable',
    status: 400,
    detail,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badMessage(`It is no JSON. One that works: ${EXAMPLE}`);
  }
}
