import { FeedBatchBuilder } from '../../../../src/core/feeds/feed-batch';
import { BadItem, type CompiledFeed } from '../../../../src/core/feeds/compiled-feed';
import { decodeState, encodeState, type FeedState, FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { FatalError } from '../../../../src/core/errors';
import { answerOf, compiledFeed, NOW } from '../../../support/feeds';

const PRICES = `topic: prices
source: { kind: http-poll, url: "http://up/", every: 30s }
records: body.data
where: item.symbol != "TEST"
fields:
  id: item.id
  name: item.name
  price: double(item.price)
  ts: int(body.time)
required: [id, price]
valid: { the price is positive: price > 0 }
key: [id]
timestamp: ts
maxAhead: 10m
maxRecordBytes: 200
dedupe: { by: '[id, ts]', remember: 3 }`;

const time = NOW.getTime() / 1000;
const coin = (id: string, more: object = {}) => ({ id, symbol: 'X', name: `Coin ${id}`, price: '1.5', ...more });

function batchOf(feed: CompiledFeed, data: readonly unknown[], state: FeedState = FIRST_STATE, at = time) {
  const builder = new FeedBatchBuilder(feed, state, 4);
  const answer = answerOf({ data, time: at });
  builder.add(feed.itemsOf(answer), answer);
  return builder.batch();
}

describe('the batch of a poll', () => {
  const feed = compiledFeed(PRICES);

  it('has a record for each item, keyed as a pipeline groups and with the time of its data', () => {
    const { records, counts } = batchOf(feed, [coin('1'), coin('2', { name: '𠮷 🚀 حسینی' })], FIRST_STATE, time - 60);
    expect(counts).toEqual({ records: 2, duplicates: 0, filtered: 0, dead: 0 });
    expect(records[1]).toEqual({
      key: '2',
      value: JSON.stringify({ id: '2', name: '𠮷 🚀 حسینی', price: 1.5, ts: time - 60 }),
      timestampMs: NOW.getTime() - 60_000,
    });
  });

  it.each([
    [
      'a renamed field',
      coin('1', { price: undefined, price_usd: '1' }),
      'expression-failed',
      'fields.price: double(item.price)',
    ],
    [
      'a missing name that nothing requires',
      { id: '1', symbol: 'X', price: '1' },
      'expression-failed',
      'No such key: name',
    ],
    [
      'a null where a value is required',
      coin('1', { id: null }),
      'bad-value',
      'field "id" is missing; the feed requires it',
    ],
    ['a negative price', coin('1', { price: '-3' }), 'bad-value', 'the price is positive: price > 0 does not hold'],
    ['no number', coin('1', { price: 'NaN' }), 'expression-failed', 'the result is NaN, not a number'],
    ['a record that is too large', coin('1', { name: 'x'.repeat(200) }), 'too-large', 'maxRecordBytes is 200'],
    ['a key that is no text', coin('1', { id: { a: 1 } }), 'bad-key', 'key field "id"'],
    ['an item that is no object', 'text', 'expression-failed', 'symbol'],
    [
      'a line that could not be read',
      new BadItem('{"id":', 'the line is no JSON'),
      'not-decodable',
      'the line is no JSON',
    ],
  ])('makes a dead letter of %s, and the others go on', (_, item, reason, message) => {
    const { records, letters, counts } = batchOf(feed, [coin('8'), item, coin('9')]);
    expect(records.map(({ key }) => key)).toEqual(['8', '9']);
    expect(counts).toMatchObject({ records: 2, dead: 1 });
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ pipeline: 'feed:made', topic: 'prices', reason });
    expect(letters[0]!.message).toContain(message);
    const kept = Buffer.from(letters[0]!.record.value as Uint8Array).toString();
    expect(kept).toBe(item instanceof BadItem ? item.text : JSON.stringify(item));
  });

  it('makes a dead letter of a time in the future, and does not put a record ahead of the clock', () => {
    const far = batchOf(feed, [coin('1')], FIRST_STATE, time + 3600);
    expect(far.letters.map(({ reason, message }) => [reason, message])).toEqual([
      ['bad-time', 'timestamp: 2026-03-01T13:00:00.000Z is ahead of the clock by more than maxAhead'],
    ]);
    const near = batchOf(feed, [coin('1')], FIRST_STATE, time + 60);
    expect(near.records[0]!.timestampMs).toBe(NOW.getTime());
  });

  it('drops what came before, within what it remembers, also over a restart', () => {
    const first = batchOf(feed, [coin('1'), coin('2'), coin('2')]);
    expect(first.counts).toMatchObject({ records: 2, duplicates: 1 });
    const state = decodeState(encodeState({ ...FIRST_STATE, seen: first.seen, ids: [...first.ids] }), 'made');
    const second = batchOf(feed, [coin('1'), coin('3')], state);
    expect(second.records.map(({ key }) => key)).toEqual(['3']);
    expect(second.counts.duplicates).toBe(1);
    // Three are remembered: 2 is the oldest when 4 comes.
    const third = batchOf(feed, [coin('4'), coin('2')], { ...state, ids: [...second.ids] });
    expect(third.counts).toMatchObject({ records: 2, duplicates: 0 });
  });

  it('leaves out what where does, and says how many', () => {
    const { counts } = batchOf(feed, [coin('1', { symbol: 'TEST' }), coin('2')]);
    expect(counts).toEqual({ records: 1, duplicates: 0, filtered: 1, dead: 0 });
  });

  it('takes the items as they are without fields', () => {
    const plain = compiledFeed('topic: t\nsource: { kind: http-poll, url: "http://up/", every: 1s }');
    const answer = answerOf([{ a: 1 }, 2]);
    const builder = new FeedBatchBuilder(plain, FIRST_STATE, 4);
    builder.add(plain.itemsOf(answer), answer);
    const { records, letters } = builder.batch();
    expect(records.map(({ value }) => value)).toEqual(['{"a":1}']);
    expect(letters[0]!.message).toBe('the item is a number, an object is needed');
    expect(plain.itemsOf(answerOf({ a: 1 }))).toEqual([{ a: 1 }]);
    expect(() => plain.itemsOf(answerOf('text'))).toThrow('the answer: a list of items is needed, not text');
  });
});

describe('the state of a feed', () => {
  it('that another version wrote is fatal rather than forgotten', () => {
    expect(() => decodeState('{"version":2}', 'made')).toThrow(FatalError);
    expect(() => decodeState('{', 'made')).toThrow('The state of feed made cannot be read');
  });
});
