import { FatalError, FencedError } from '../../src/core/errors';
import type { FeedLog, FeedTarget, FeedWriter } from '../../src/core/ports/feed-log.port';
import type { OutgoingRecord } from '../../src/core/ports/record-producer.port';
import { MAX_BATCH_BYTES } from '../../src/core/ports/topic-admin.port';
import { uniqueName } from '../support/servers';
import type { LogHarness } from './record-producer.conformance';

export interface FeedLogHarness extends LogHarness {
  readonly feeds: FeedLog;
}

const never = new AbortController().signal;
const records = (from: number, count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({ key: `key-${from + i}`, value: `value-${from + i}` }));

/** What every FeedLog guarantees. */
export function describeFeedLog(name: string, open: () => Promise<FeedLogHarness>): void {
  describe(`FeedLog: ${name}`, () => {
    let under: FeedLogHarness;
    let target: FeedTarget;
    const writers: FeedWriter[] = [];
    const openWriter = async (of = target): Promise<FeedWriter> => {
      const writer = await under.feeds.open(of);
      writers.push(writer);
      return writer;
    };
    const valuesOf = async (count: number): Promise<(string | null)[]> =>
      (await under.stored(target.topic, count)).map(({ value }) => value).sort();

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under?.close());
    beforeEach(async () => {
      target = { feed: uniqueName('feed'), topic: uniqueName('topic') };
      await under.topics.ensure([{ topic: target.topic, partitions: 3, purpose: 'source' }]);
    });
    afterEach(async () => {
      for (const writer of writers.splice(0)) await writer.close();
    });

    it('leaves the state of the last commit to whoever writes next', async () => {
      const first = await openWriter();
      expect(first.left).toBeUndefined();
      expect(await first.commit(records(0, 2), 'one', never)).toHaveLength(2);
      await first.commit(records(2, 1), 'दो 🚀', never);
      await first.close();
      expect((await openWriter()).left).toBe('दो 🚀');
      expect(await valuesOf(3)).toEqual(['value-0', 'value-1', 'value-2']);
    });

    it('keeps a state without records, and the newest of many', async () => {
      const writer = await openWriter();
      for (let i = 0; i < 30; i++) await writer.commit(i % 10 === 0 ? records(i, 1) : [], `state ${i}`, never);
      expect((await openWriter()).left).toBe('state 29');
      expect(await valuesOf(3)).toEqual(['value-0', 'value-10', 'value-20']);
    });

    it('puts a record where it says, and says where each one is', async () => {
      const writer = await openWriter();
      const sent = records(0, 6).map((record, i) => ({ ...record, partition: i % 3 }));
      const positions = await writer.commit(sent, 'placed', never);
      expect(positions.map(({ partition }) => partition)).toEqual([0, 1, 2, 0, 1, 2]);
      const stored = await under.stored(target.topic, 6);
      for (const { value, partition, offset } of stored) {
        const i = sent.findIndex((record) => record.value === value);
        expect(positions[i]).toEqual({ partition, offset });
      }
    });

    it('fences a writer when another is opened, and shows nothing of it', async () => {
      const zombie = await openWriter();
      await zombie.commit(records(0, 1), 'first', never);
      const owner = await openWriter();
      await expect(zombie.commit(records(1, 1), 'zombie', never)).rejects.toThrow(FencedError);
      await owner.commit(records(2, 1), 'second', never);
      expect(await valuesOf(2)).toEqual(['value-0', 'value-2']);
      expect((await openWriter()).left).toBe('second');
    });

    it('shows nothing of a commit that was broken off, neither its records nor its state', async () => {
      const writer = await openWriter();
      await expect(writer.commit(records(0, 5), 'broken', AbortSignal.abort())).rejects.toThrow();
      const next = await openWriter();
      expect(next.left).toBeUndefined();
      await next.commit(records(5, 1), 'whole', never);
      expect(await valuesOf(1)).toEqual(['value-5']);
    });

    it('keeps feeds apart that write to one topic', async () => {
      const other = { ...target, feed: uniqueName('feed') };
      const [one, two] = [await openWriter(), await openWriter(other)];
      await Promise.all([one.commit(records(0, 10), 'one', never), two.commit(records(10, 10), 'two', never)]);
      expect(await valuesOf(20)).toHaveLength(20);
      expect((await openWriter(other)).left).toBe('two');
    });

    it('is fatal for a record that the topic will never take, and nothing of its commit is seen', async () => {
      const writer = await openWriter();
      const large = { key: 'large', value: 'x'.repeat(MAX_BATCH_BYTES.source + 1) };
      await expect(writer.commit([large], 'large', never)).rejects.toThrow(FatalError);
      const next = await openWriter();
      expect(next.left).toBeUndefined();
      await next.commit(records(0, 1), 'small', never);
      expect(await valuesOf(1)).toEqual(['value-0']);
    });
  });
}
