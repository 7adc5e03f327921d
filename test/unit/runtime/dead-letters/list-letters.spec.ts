import { letterJson } from '../../../../src/runtime/dead-letters/letter-json';
import { listLetters, type ListOptions } from '../../../../src/runtime/dead-letters/list-letters';
import type { StoredLetter } from '../../../../src/runtime/dead-letters/stored-letter';
import { DeadLetterWorld } from '../../../support/dead-letter-world';
import { compiledWith } from '../../../support/pipelines';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the list of dead letters', () => {
  let world: DeadLetterWorld;
  beforeEach(async () => (world = await DeadLetterWorld.open(compiledWith())));

  const shown = (letter: StoredLetter) => letterJson(letter, world.pipeline);
  const page = (options: Partial<ListOptions> = {}) =>
    listLetters(world.pipeline, { pipeline: 'test', limit: 100, ...options }, world.ports);
  const offsets = async (options: Partial<ListOptions> = {}): Promise<number[]> =>
    (await page(options)).letters.map(({ source }) => Number(source.offset));

  it('has the newest first, with all that is known of each', async () => {
    await world.bury({ offset: 3, headers: { trace: 'x' } }, { offset: 7, key: null, value: null, reason: 'bad-time' });
    const { letters, cursor } = await page();
    expect(cursor).toBeUndefined();
    expect(letters.map(shown)).toEqual([
      {
        ...{ letter: '0:7', place: '0:1', written: '2023-11-14T22:13:20.000Z', pipeline: 'test', reason: 'bad-time' },
        ...{ message: 'record 7 is bad', source: { topic: 'readings', partition: 0, offset: '7' } },
        ...{ timestamp: '2020-09-13T12:26:40.007Z', key: null, value: null },
      },
      {
        ...{ letter: '0:3', place: '0:0', written: '2023-11-14T22:13:20.000Z', pipeline: 'test' },
        ...{ reason: 'not-decodable', message: 'record 3 is bad' },
        source: { topic: 'readings', partition: 0, offset: '3' },
        ...{ timestamp: '2020-09-13T12:26:40.003Z', key: 'a', value: 'no JSON' },
      },
    ]);
    expect(letters[1]?.headers).toEqual({ trace: 'x' });
  });

  it('shows bytes that are no text as base64, and of large values the beginning', async () => {
    await world.bury({ offset: 1, value: Uint8Array.of(0xff, 0) }, { offset: 2, value: 'ä'.repeat(9_999) });
    const [large, binary] = (await page()).letters.map(shown);
    expect(binary).toMatchObject({ value: '/wA=', valueEncoding: 'base64' });
    expect(large).toMatchObject({ value: 'ä'.repeat(5_000), valueBytes: 19_998 });
  });

  it('leaves personal fields out, wherever they are, and everything of what cannot be decoded', async () => {
    const source = { topic: 'readings', format: 'json', personal: ['email', 'name'] };
    world = await DeadLetterWorld.open(compiledWith({ source }));
    const person = { id: 7, email: 'ada@example.com', home: { name: 'Ada', city: 'x' }, name: null };
    await world.bury(
      { offset: 1, key: 'ada@example.com', value: JSON.stringify(person) },
      { offset: 2, value: 'ada@example.com' },
    );
    const [broken, whole] = (await page()).letters.map(shown);
    expect(JSON.parse(whole!.value!)).toEqual({ id: 7, email: '***', home: { name: '***', city: 'x' }, name: null });
    expect(whole).toMatchObject({ key: '***', valueEncoding: 'fields', hidden: true });
    expect(broken).toMatchObject({ key: null, value: null, hidden: true });
  });

  it('leaves out letters of other pipelines, keys and reasons, and what is no letter', async () => {
    await world.bury(
      { offset: 1 },
      { offset: 2, pipeline: 'other' },
      { offset: 3, key: 'b' },
      { offset: 4, reason: 'bad-time' },
    );
    await world.log.send('readings.dead', [{ key: 'a', value: 'somebody wrote this' }]);
    expect(await offsets()).toEqual([4, 3, 1]);
    expect(await offsets({ key: 'a' })).toEqual([4, 1]);
    expect(await offsets({ key: 'a', reason: 'bad-time' })).toEqual([4]);
  });

  it.each([1, 7, 100, 250])('is whole, in order and without repetition in pages of %d', async (limit) => {
    await world.bury(...range(250).map((offset) => ({ offset })));
    const seen: number[] = [];
    for (let options: Partial<ListOptions> = { limit }; ;) {
      const { letters, cursor } = await page(options);
      expect(letters.length).toBeLessThanOrEqual(limit);
      seen.push(...letters.map(({ source }) => Number(source.offset)));
      if (!cursor) break;
      options = { limit, cursor };
    }
    expect(seen).toEqual(range(250).reverse());
  });

  it('looks through a bounded number of letters for one page, and goes on with the next', async () => {
    await world.bury({ offset: 0, key: 'rare' }, ...range(10_100).map((offset) => ({ offset: offset + 1 })));
    const first = await page({ key: 'rare' });
    expect(first.letters).toEqual([]);
    expect(await offsets({ key: 'rare', cursor: first.cursor! })).toEqual([0]);
  });

  it('is empty while there is no topic', async () => {
    const options = { pipeline: 'test', limit: 10 };
    const elsewhere = compiledWith({ source: { topic: 'nowhere', format: 'json', time: { field: 't' } } });
    expect(await listLetters(elsewhere, options, world.ports)).toEqual({ letters: [] });
  });
});
