import { z } from 'zod';
import { suggestion } from './nearest';
import { choice, positiveDurationOrNever, strict } from './schema-kit';

/** What a `redis` sink keeps. A pipeline has each at most once. */
export const BOARD_VIEWS = ['leaderboard', 'latest', 'unique', 'counter'] as const;

export type BoardView = (typeof BOARD_VIEWS)[number];

/** Checked by `checkRedisSinks`, with its place in the text. */
const expression = () => z.string();

const key = () =>
  expression()
    .optional()
    .describe('Which board a row is for: CEL over key.* and window.*, such as window.date; without it there is one');

const ttl = () =>
  positiveDurationOrNever().prefault('30d').describe('A board goes when no row has come to it for so long');

const size = (fallback: number, what: string) => z.int().min(1).max(100_000).default(fallback).describe(what);

const leaderboard = strict({
  key: key(),
  member: expression().describe('Whose place it is: CEL over key.* and window.*; the newest window of each counts'),
  score: expression().describe('A number; CEL as for columns. Who has null is not on the board'),
  order: choice(['highest', 'lowest']).default('highest').describe('Which scores lead'),
  size: size(1000, 'How many members are kept; those that follow are dropped'),
  ttl: ttl(),
});

const latest = strict({
  key: key(),
  at: expression()
    .optional()
    .describe('What orders rows: ISO 8601 text or epoch s or ms; default window.end, needed where there is none'),
  size: size(100, 'How many rows are kept, the newest'),
  ttl: ttl(),
});

const unique = strict({
  key: key(),
  member: expression().describe(
    'What is counted once (HyperLogLog, standard error 0.81 %): CEL over key.* and window.*',
  ),
  ttl: ttl(),
});

const counter = strict({
  key: key(),
  member: expression().describe('The name of the counter: CEL over key.* and window.*; the newest window counts'),
  value: expression().describe('A number; CEL as for columns'),
  size: size(10_000, 'How many counters are kept, those with the greatest values'),
  ttl: ttl(),
});

/** The message of last resort, used when no view fits. */
function wrongView(sink: unknown): string {
  const wanted = `exactly one of ${BOARD_VIEWS.join(', ')} is needed`;
  if (typeof sink !== 'object' || sink === null || Array.isArray(sink)) return wanted;
  const unknown = Object.keys(sink).find((name) => !BOARD_VIEWS.includes(name as never));
  return unknown === undefined ? wanted : `unknown view "${unknown}"${suggestion(unknown, BOARD_VIEWS)}`;
}

export const redisSchema = z.union(
  [strict({ leaderboard }), strict({ latest }), strict({ unique }), strict({ counter })],
  { error: (issue) => wrongView(issue.input) },
);

export type RedisSinkDefinition = z.output<typeof redisSchema>;
