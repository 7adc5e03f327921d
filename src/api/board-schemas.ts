import { integer, listOf, object, ROW_SCHEMA, text } from './schemas';

const number = { type: 'number' } as const;

export const LEADERBOARD_SCHEMA = object(
  {
    pipeline: text,
    key: text,
    members: { ...integer, description: 'How many the board has' },
    entries: listOf(object({ rank: integer, member: text, score: number, row: ROW_SCHEMA })),
  },
  ['pipeline', 'members', 'entries'],
);

export const LATEST_SCHEMA = object({ pipeline: text, key: text, rows: listOf(ROW_SCHEMA) }, ['pipeline', 'rows']);

export const UNIQUE_SCHEMA = object(
  { pipeline: text, key: text, count: integer, standardError: { ...number, description: 'Of the count, as a share' } },
  ['pipeline', 'count', 'standardError'],
);

export const COUNTER_SCHEMA = object(
  { pipeline: text, key: text, members: integer, counters: listOf(object({ member: text, value: number })) },
  ['pipeline', 'members', 'counters'],
);
