import * as fc from 'fast-check';
import type { RowSink } from '../../src/core/ports/row-sink.port';
import type { Row } from '../../src/core/row/row';
import { consecutiveDays, dailyRow, type RowVersion, valuesOf } from './row-sink-fixture';

/** What is left of one row, read without the code under test. */
export interface Survivor {
  readonly startMs: number;
  readonly values: Row['values'];
  readonly revision: bigint;
}

export interface RowSinkHarness {
  /** Another sink on the same table: what a second owner, or a zombie, has. */
  newSink(): RowSink;
  /** The rows of one location, by start of window. */
  survivors(location: string): Promise<readonly Survivor[]>;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const PIPELINE = 'row-sink-conformance';
const row = (version: RowVersion): Row => dailyRow(PIPELINE, version);

/** What every RowSink that keeps rows guarantees. `runs` bounds the property test, which writes to a real table. */
export function describeRowSink(name: string, open: () => Promise<RowSinkHarness>, runs: number): void {
  describe(`RowSink: ${name}`, () => {
    let harness: RowSinkHarness;
    let sink: RowSink;
    let locations = 0;
    const newLocation = (): string => `post ${(locations += 1)}`;

    beforeAll(async () => {
      harness = await open();
      sink = harness.newSink();
    });
    afterAll(() => harness?.close());

    const expectOnly = async (location: string, expected: Omit<Survivor, 'startMs'> | undefined) => {
      const survivors = await harness.survivors(location);
      expect(survivors.map(({ values, revision }) => ({ values, revision }))).toEqual(expected ? [expected] : []);
    };

    it('stores a row with its values and its revision', async () => {
      const location = newLocation();
      await sink.write([row({ location, values: valuesOf(3), revision: 100n })], never);
      await expectOnly(location, { values: valuesOf(3), revision: 100n });
    });

    it('takes no rows', async () => {
      await expect(sink.write([], never)).resolves.toBeUndefined();
    });

    it('keeps the newest version when they come in order', async () => {
      const location = newLocation();
      for (const revision of [2n, 4n, 7n]) {
        await sink.write([row({ location, values: valuesOf(Number(revision)), revision })], never);
      }
      await expectOnly(location, { values: valuesOf(7), revision: 7n });
    });

    it('lets an older version lose that is written late', async () => {
      const location = newLocation();
      await sink.write([row({ location, values: valuesOf(7), revision: 7n })], never);
      await sink.write([row({ location, values: valuesOf(9), revision: 6n })], never);
      await expectOnly(location, { values: valuesOf(7), revision: 7n });
    });

    it('keeps the newest of several versions in one write, in any order', async () => {
      const location = newLocation();
      const versions = [5n, 9n, 2n].map((revision) => row({ location, values: valuesOf(Number(revision)), revision }));
      await sink.write(versions, never);
      await expectOnly(location, { values: valuesOf(9), revision: 9n });
    });

    it('is not changed by the same row written twice', async () => {
      const location = newLocation();
      const same = row({ location, values: valuesOf(5), revision: 11n });
      await sink.write([same, same], never);
      await sink.write([same], never);
      await expectOnly(location, { values: valuesOf(5), revision: 11n });
    });

    it('overwrites a value with null', async () => {
      const location = newLocation();
      const nulls = { average: null, readings: 0, band: null };
      await sink.write([row({ location, values: valuesOf(5), revision: 2n })], never);
      await sink.write([row({ location, values: nulls, revision: 4n })], never);
      await expectOnly(location, { values: nulls, revision: 4n });
    });

    it('does not bring a value back over a newer null', async () => {
      const location = newLocation();
      const nulls = { average: null, readings: 0, band: null };
      await sink.write([row({ location, values: nulls, revision: 4n })], never);
      await sink.write([row({ location, values: valuesOf(5), revision: 2n })], never);
      await expectOnly(location, { values: nulls, revision: 4n });
    });

    it('drops a deleted row, and an older version of it does not come back', async () => {
      const location = newLocation();
      await sink.write([row({ location, values: valuesOf(1), revision: 2n })], never);
      await sink.write([row({ location, values: undefined, revision: 4n })], never);
      await sink.write([row({ location, values: valuesOf(1), revision: 2n })], never);
      await expectOnly(location, undefined);
    });

    it('stores a row again that is newer than its deletion', async () => {
      const location = newLocation();
      await sink.write([row({ location, values: undefined, revision: 4n })], never);
      await sink.write([row({ location, values: valuesOf(2), revision: 6n })], never);
      await expectOnly(location, { values: valuesOf(2), revision: 6n });
    });

    it.each([
      ['after it', [0, 1], 1],
      ['before it', [1, 0], 1],
      ['in one write with it', [0, 1], 2],
      ['in one write before it', [1, 0], 2],
    ])(
      'drops a row that is deleted with its own revision, %s, and stores the one that takes its place',
      async (...how) => {
        const [, order, cut] = how;
        const location = newLocation();
        const versions = [
          row({ location, values: valuesOf(1), revision: 5n }),
          row({ location, values: undefined, revision: 5n }),
        ];
        const writes = order.flatMap((i) => versions[i] ?? []);
        for (let i = 0; i < writes.length; i += cut) await sink.write(writes.slice(i, i + cut), never);
        await expectOnly(location, undefined);
        await sink.write([row({ location, values: valuesOf(2), revision: 6n })], never);
        await expectOnly(location, { values: valuesOf(2), revision: 6n });
      },
    );

    it('keeps rows apart whose keys are alike', async () => {
      const keys = ['हैदराबाद', 'हैदराबा', "O'Hare; DROP TABLE x --", '東京 🗼', ' ', 'a"b', 'ä', 'a\u0308'];
      await sink.write(
        keys.map((location, i) => row({ location, values: valuesOf(i), revision: BigInt(2 * i) })),
        never,
      );
      for (const [i, location] of keys.entries()) {
        await expectOnly(location, { values: valuesOf(i), revision: BigInt(2 * i) });
      }
    });

    it('stores 10,000 rows of many partitions in one write', async () => {
      const location = newLocation();
      const windows = consecutiveDays(10_000);
      const rows = windows.map((window, i) => row({ location, window, values: valuesOf(i), revision: BigInt(i) }));
      await sink.write(rows, never);
      const survivors = await harness.survivors(location);
      expect(survivors).toEqual(
        rows.map(({ window, values, revision }) => ({ startMs: window?.startMs, values, revision })),
      );
    });

    it('writes nothing when it is aborted beforehand, and goes on after that', async () => {
      const location = newLocation();
      const reason = new Error('the task was revoked');
      const rows = [row({ location, values: valuesOf(1), revision: 2n })];
      await expect(sink.write(rows, AbortSignal.abort(reason))).rejects.toBe(reason);
      await expectOnly(location, undefined);
      await sink.write(rows, never);
      await expectOnly(location, { values: valuesOf(1), revision: 2n });
    });

    it('is not harmed by zombies that write older versions at the same time', async () => {
      const location = newLocation();
      const windows = consecutiveDays(400);
      const version = (revision: bigint): readonly Row[] =>
        windows.map((window) => row({ location, window, values: valuesOf(Number(revision)), revision }));
      const writers = [4n, 8n, 6n, 2n].map((revision) => harness.newSink().write(version(revision), never));
      await Promise.all(writers);
      const survivors = await harness.survivors(location);
      expect(survivors).toHaveLength(windows.length);
      expect(new Set(survivors.map(({ revision }) => revision))).toEqual(new Set([8n]));
      expect(survivors[0]?.values).toEqual(valuesOf(8));
    });

    it('leaves the newest version after any permutation, with repetitions, in any cut into writes', async () => {
      const version = fc.option(fc.record({ average: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })) }));
      const history = fc.array(version, { minLength: 1, maxLength: 6 }).chain((versions) => {
        const index = fc.nat(versions.length - 1);
        const repeated = fc.array(index, { maxLength: 6 });
        const all = fc.shuffledSubarray([...versions.keys()], { minLength: versions.length });
        return fc.record({
          versions: fc.constant(versions),
          order: fc.tuple(all, repeated),
          cut: fc.integer({ min: 1, max: 4 }),
        });
      });
      await fc.assert(
        fc.asyncProperty(history, async ({ versions, order, cut }) => {
          const location = newLocation();
          const rows = versions.map((given, i) => {
            const values = given ? { average: positiveZero(given.average), readings: i, band: null } : undefined;
            return row({ location, values, revision: BigInt(2 * i + 2) });
          });
          const writes = order.flat().flatMap((i) => rows[i] ?? []);
          for (let i = 0; i < writes.length; i += cut) await sink.write(writes.slice(i, i + cut), never);
          const newest = rows.at(-1);
          await expectOnly(location, newest?.values && { values: newest.values, revision: newest.revision });
        }),
        { seed: 20130101, numRuns: runs },
      );
    });
  });
}

/** JSON, and so a row's text, knows no negative zero. */
function positiveZero(value: number | null): number | null {
  return value === 0 ? 0 : value;
}
