import * as fc from 'fast-check';
import type { BoardBounds, BoardPlace, BoardStore, BoardWrite } from '../../src/core/ports/board-store.port';

export interface BoardStoreHarness {
  readonly store: BoardStore;
  /** A board that no other test has. */
  newPlace(view?: BoardPlace['view']): BoardPlace;
  /** Ms until the board is gone; `undefined` for never. */
  leftMs(place: BoardPlace): Promise<number | undefined>;
  /** Everything that is kept of the board beside its scores, by member. */
  remembered(place: BoardPlace): Promise<number>;
  close(): Promise<void>;
}

const BOUNDS: BoardBounds = { keeps: 'highest', size: 100, ttlMs: 60_000 };

function version(number: number): string {
  return String(number).padStart(8, '0');
}

function write(member: string, number: number, score?: number): BoardWrite {
  return { member, version: version(number), score, text: JSON.stringify({ member, number }) };
}

/** What every BoardStore guarantees. */
export function describeBoardStore(name: string, open: () => Promise<BoardStoreHarness>): void {
  describe(`BoardStore: ${name}`, () => {
    let harness: BoardStoreHarness;
    let store: BoardStore;
    let place: BoardPlace;

    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(() => harness?.close());
    beforeEach(() => (place = harness.newPlace()));

    const scores = async (order: 'highest' | 'lowest' = 'highest'): Promise<string[]> =>
      (await store.page(place, order, 1000)).entries.map(({ member, score }) => `${member} ${score}`);

    it('ranks members by score from either end, with their texts', async () => {
      await store.rank(place, [write('b', 1, 2.5), write('a', 1, -1), write('c', 1, 1e15)], BOUNDS);
      expect(await store.page(place, 'highest', 2)).toEqual({
        entries: [
          { rank: 1, member: 'c', score: 1e15, text: '{"member":"c","number":1}' },
          { rank: 2, member: 'b', score: 2.5, text: '{"member":"b","number":1}' },
        ],
        members: 3,
      });
      expect(await scores('lowest')).toEqual(['a -1', 'b 2.5', 'c 1000000000000000']);
      expect(await store.member(place, 'lowest', 'b')).toMatchObject({ rank: 2, score: 2.5 });
      expect(await store.member(place, 'highest', 'nobody')).toBeUndefined();
    });

    it('is empty before anything was written', async () => {
      expect(await store.page(place, 'highest', 10)).toEqual({ entries: [], members: 0 });
      expect(await store.seen(place)).toBe(0);
    });

    it('orders equal scores by name, whatever the script it is written in', async () => {
      const names = ['b', 'ä', 'a', 'हैदराबाद', '🗼', 'B'];
      await store.rank(
        place,
        names.map((member) => write(member, 1, 5)),
        BOUNDS,
      );
      const expected = ['B', 'a', 'b', 'ä', 'हैदराबाद', '🗼'];
      expect((await scores('lowest')).map((text) => text.split(' ')[0])).toEqual(expected);
      expect((await scores('highest')).map((text) => text.split(' ')[0])).toEqual([...expected].reverse());
    });

    it('is not changed by older versions or by the same ones, in one write or in many', async () => {
      await store.rank(place, [write('a', 5, 50), write('a', 3, 30), write('a', 5, 50)], BOUNDS);
      await store.rank(place, [write('a', 4, 40)], BOUNDS);
      await store.rank(place, [write('a', 5, 50)], BOUNDS);
      expect(await scores()).toEqual(['a 50']);
    });

    it('takes a member off, lets no older version bring it back, and takes a newer one', async () => {
      await store.rank(place, [write('a', 1, 10), write('b', 1, 20)], BOUNDS);
      await store.rank(place, [write('a', 3)], BOUNDS);
      await store.rank(place, [write('a', 2, 15)], BOUNDS);
      expect(await scores()).toEqual(['b 20']);
      await store.rank(place, [write('a', 4, 5)], BOUNDS);
      expect(await scores()).toEqual(['b 20', 'a 5']);
    });

    it.each([
      ['highest', ['d 4', 'c 3']],
      ['lowest', ['b 2', 'a 1']],
    ] as const)('keeps the %s of more members than it has room for', async (keeps, left) => {
      const writes = [write('a', 1, 1), write('b', 1, 2), write('c', 1, 3), write('d', 1, 4)];
      await store.rank(place, writes, { ...BOUNDS, keeps, size: 2 });
      expect(await scores()).toEqual(left);
    });

    it('lets no older version bring back a member that was dropped, and takes a newer one', async () => {
      const bounds = { ...BOUNDS, size: 2 };
      await store.rank(place, [write('a', 5, 1), write('b', 1, 2), write('c', 1, 3)], bounds);
      await store.rank(place, [write('a', 4, 100)], bounds);
      expect(await scores()).toEqual(['c 3', 'b 2']);
      await store.rank(place, [write('a', 6, 100)], bounds);
      expect(await scores()).toEqual(['a 100', 'c 3']);
    });

    it('remembers no more than it has room for, twice', async () => {
      const bounds = { ...BOUNDS, size: 10 };
      for (let round = 0; round < 5; round++) {
        const writes = Array.from({ length: 40 }, (_, i) => write(`${round}.${i}`, 1, round * 100 + i));
        await store.rank(place, writes, bounds);
      }
      expect((await store.page(place, 'highest', 1000)).members).toBe(10);
      expect(await harness.remembered(place)).toBe(20);
    });

    it('takes 3,000 members in one write', async () => {
      const writes = Array.from({ length: 3_000 }, (_, i) => write(`m${i}`, 1, i));
      await store.rank(place, writes, { ...BOUNDS, size: 5_000 });
      expect(await store.page(place, 'highest', 1)).toMatchObject({ members: 3_000, entries: [{ member: 'm2999' }] });
    });

    it('keeps boards of other pipelines, views and keys apart', async () => {
      const others = [
        { ...place, key: 'x' },
        { ...place, key: 'y' },
        { ...place, view: 'counter' as const },
      ];
      for (const [i, other] of others.entries()) await store.rank(other, [write('a', 1, i)], BOUNDS);
      expect(await scores()).toEqual([]);
      for (const [i, other] of others.entries())
        expect(await store.member(other, 'highest', 'a')).toMatchObject({ score: i });
    });

    it('is gone when nobody writes for its time, or never', async () => {
      await store.rank(place, [write('a', 1, 1)], BOUNDS);
      expect(await harness.leftMs(place)).toBeLessThanOrEqual(60_000);
      expect(await harness.leftMs(place)).toBeGreaterThan(50_000);
      const forever = harness.newPlace();
      await store.rank(forever, [write('a', 1, 1)], { ...BOUNDS, ttlMs: undefined });
      expect(await harness.leftMs(forever)).toBeUndefined();
    });

    it('counts each member once, however often it is seen', async () => {
      const unique = harness.newPlace('unique');
      for (let time = 0; time < 3; time++) await store.see(unique, ['a', 'b', 'हैदराबाद'], 60_000);
      await store.see(unique, ['c', 'a'], undefined);
      expect(await store.seen(unique)).toBe(4);
    });

    it('counts 20,000 members with an error of at most 3 %', async () => {
      const unique = harness.newPlace('unique');
      const members = Array.from({ length: 20_000 }, (_, i) => `member ${i}`);
      await store.see(unique, members, 60_000);
      await store.see(unique, members.slice(0, 10_000), 60_000);
      expect(Math.abs((await store.seen(unique)) - 20_000)).toBeLessThan(600);
    });

    it('shows the newest version of each member after any writes in any order', async () => {
      const writes = fc.array(fc.record({ member: fc.constantFrom('a', 'b', 'c'), number: fc.nat(20) }), {
        maxLength: 20,
      });
      await fc.assert(
        fc.asyncProperty(writes, fc.integer({ min: 1, max: 5 }), async (given, cut) => {
          place = harness.newPlace();
          const newest = new Map<string, number>();
          // A version says all of its member, whoever writes it.
          const score = (number: number): number | undefined => (number % 4 === 0 ? undefined : number * 10);
          for (const { member, number } of given) newest.set(member, Math.max(number, newest.get(member) ?? 0));
          for (let i = 0; i < given.length; i += cut) {
            const some = given.slice(i, i + cut).map(({ member, number }) => write(member, number, score(number)));
            await store.rank(place, some, BOUNDS);
          }
          const expected = [...newest].flatMap(([member, number]) =>
            score(number) === undefined ? [] : [`${member} ${score(number)}`],
          );
          expect((await scores()).sort()).toEqual(expected.sort());
        }),
        { seed: 20130101, numRuns: 50 },
      );
    });
  });
}
