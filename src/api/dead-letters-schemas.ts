import { integer, listOf, object, text } from './schemas';

const time = { type: 'string', format: 'date-time' } as const;
const base64 = { type: 'string', enum: ['base64'], description: 'Present when the bytes are no UTF-8' };

const LETTER_SCHEMA = object(
  {
    letter: { ...text, description: 'Place of the record in the source, as partition:offset; its name in a replay' },
    place: { ...text, description: 'Place of the letter in its own topic' },
    written: time,
    pipeline: text,
    reason: text,
    message: { ...text, description: 'What is wrong, where in the record, and what would be right' },
    source: object({ topic: text, partition: integer, offset: text }),
    timestamp: { ...time, description: "The record's own" },
    key: { ...text, nullable: true },
    keyEncoding: base64,
    value: { ...text, nullable: true, description: 'At most its first 10 000 bytes' },
    valueEncoding: {
      type: 'string',
      enum: ['base64', 'fields'],
      description: 'base64 when the bytes are no UTF-8; fields when this is what they were decoded to by their schema',
    },
    hidden: { type: 'boolean', description: 'Personal fields are left out, or all of a value that cannot be decoded' },
    valueBytes: { ...integer, description: 'Of the whole value, where only its beginning is shown' },
    parked: { type: 'boolean', description: 'The record parked its key, and waited when this was written' },
    shortened: { type: 'boolean', description: 'Key or value were too large, and are in the source alone' },
  },
  ['letter', 'place', 'written', 'pipeline', 'reason', 'message', 'source', 'timestamp', 'key', 'value'],
);

export const LETTERS_SCHEMA = object({ letters: listOf(LETTER_SCHEMA), cursor: text }, ['letters']);

const moment = { oneOf: [time, integer], description: 'When the letter was written; ISO 8601 or epoch ms' };

export const REPLAY_BODY_SCHEMA = object(
  {
    pipeline: text,
    key: { ...text, description: 'Only records with this message key' },
    reason: text,
    from: moment,
    to: moment,
    limit: { type: 'integer', minimum: 1, maximum: 100_000, default: 10_000 },
    patch: { type: 'object', description: 'JSON merge patch (RFC 7396) that puts each value right' },
    again: { type: 'boolean', default: false, description: 'Also those that a call that ended early may have sent' },
  },
  ['pipeline'],
);

export const REPLAY_SCHEMA = object(
  {
    replayed: integer,
    released: {
      ...integer,
      description: 'Of parked keys: their tasks go on with them, and with what waits behind them',
    },
    before: { ...integer, description: 'Left out: replayed or released before' },
    inDoubt: { ...integer, description: 'Left out: a call that ended early may have sent them' },
    gone: { ...integer, description: 'Left out: too large for the dead-letter topic, and gone from the source' },
    notPatched: { ...integer, description: 'Left out: the patch does not apply' },
    notPatchedBecause: {
      ...text,
      description: 'Of the first of those: the place of its record, and what is in the way',
    },
    more: { type: 'boolean', description: 'Whether there may be more than the limit allowed' },
  },
  ['replayed', 'released', 'before', 'inDoubt', 'gone', 'notPatched', 'more'],
);
