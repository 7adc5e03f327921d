import * as fc from 'fast-check';
import { ConfigError } from '../../src/core/errors';
import type { RowQuery, RowReader } from '../../src/core/ports/row-reader.port';
import type { RowSink } from '../../src/core/ports/row-sink.port';
import type { Row } from '../../src/core/row/row';
import { consecutiveDays, dailyRow, FIRST_DAY, type RowVersion, valuesOf } from './row-sink-fixture';

/** A table without rows, and the two ends of it. */
export interface RowTable {
  readonly pipeline: string;
  readonly sink: RowSink;
  readonly reader: RowReader;
}

export interface RowReaderHarness {
  newTable(): Promise<RowTable>;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const YEAR_END = consecutiveDays(740);
const RANGE = { fromMs: FIRST_DAY.startMs, toMs: YEAR_END.at(-1)?.endMs ?? 0 };

/** What every RowReader guarantees, on rows that the sink beside it has stored. */
export function describeRowReader(name: string, open: () => Promise<RowReaderHarness>): void {
  describe(`RowReader: ${name}`, () => {
    let harness: RowReaderHarness;
    let table: RowTable;
    let locations = 0;
    const newLocation = (): string => `post ${(locations += 1)}`;
    const row = (version: RowVersion): Row => dailyRow(table.pipeline, version);
    const store = (rows: readonly Row[]): Promise<void> => table.sink.write(rows, never);
    const storeDays = async (location: string, count: number): Promise<readonly Row[]> => {
      const windows = consecutiveDays(count);
      const rows = windows.map((window, i) => row({ location, window, values: valuesOf(i), revision: BigInt(i + 2) }));
      await store(rows);
      return rows;
    };

    beforeAll(async () => {
      harness = await open();
      table = await harness.newTable();
    });
    afterAll(() => harness?.close());

    it('gives back the newest version of a row as it was written', async () => {
      const key = { location: 'हैदराबाद 🗼' };
      const older = row({ ...key, values: valuesOf(1), revision: 2n });
      const newest = row({ ...key, values: { average: null, readings: 3, band: 'low' }, revision: 7n });
      await store([older]);
      await store([newest]);
      await store([older]);
      expect(await table.reader.read({ key, ...RANGE, limit: 10 })).toEqual({ rows: [newest] });
    });

    it('tells final rows from updates by the revision', async () => {
      const location = newLocation();
      const [first, second] = consecutiveDays(2);
      await store([
        row({ location, ...(first && { window: first }), values: valuesOf(1), revision: 5n }),
        row({ location, ...(second && { window: second }), values: valuesOf(2), revision: 6n }),
      ]);
      const { rows } = await table.reader.read({ key: { location }, ...RANGE, limit: 10 });
      expect(rows.map(({ final, revision }) => [final, revision])).toEqual([
        [true, 5n],
        [false, 6n],
      ]);
    });

    it('gives the windows of a range, start inclusive and end exclusive, in order', async () => {
      const location = newLocation();
      const rows = await storeDays(location, 10);
      const query = { key: { location }, fromMs: rows[3]?.window?.startMs ?? 0, toMs: rows[7]?.window?.startMs ?? 0 };
      expect(await table.reader.read({ ...query, limit: 10 })).toEqual({ rows: rows.slice(3, 7) });
      const later = { ...query, fromMs: query.fromMs + 1, toMs: query.toMs + 1 };
      expect(await table.reader.read({ ...later, limit: 10 })).toEqual({ rows: rows.slice(4, 8) });
    });

    it('gives nothing for an unknown key and for an empty range', async () => {
      const location = newLocation();
      await storeDays(location, 2);
      expect(await table.reader.read({ key: { location: 'nowhere' }, ...RANGE, limit: 5 })).toEqual({ rows: [] });
      const empty = { fromMs: RANGE.toMs, toMs: RANGE.fromMs };
      expect(await table.reader.read({ key: { location }, ...empty, limit: 5 })).toEqual({ rows: [] });
    });

    it('leaves deleted rows out', async () => {
      const location = newLocation();
      const rows = await storeDays(location, 3);
      await store(rows.slice(1, 2).map((deleted) => ({ ...deleted, values: undefined, revision: 99n })));
      const page = await table.reader.read({ key: { location }, ...RANGE, limit: 5 });
      expect(page.rows).toEqual([rows[0], rows[2]]);
    });

    it('has no cursor on a page that is just full', async () => {
      const location = newLocation();
      const rows = await storeDays(location, 4);
      expect(await table.reader.read({ key: { location }, ...RANGE, limit: 4 })).toEqual({ rows });
    });

    it('gives each row of a key once, in order, over pages of any length', async () => {
      const location = newLocation();
      const rows = await storeDays(location, 740);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 80, max: 800 }), async (limit) => {
          const pages = await allPages(table.reader, { key: { location }, ...RANGE, limit });
          expect(pages.flat()).toEqual(rows);
          expect(pages.every((page) => page.length <= limit)).toBe(true);
        }),
        { seed: 3, numRuns: 8 },
      );
    });

    it('gives every row of the table once, over pages, without a key', async () => {
      table = await harness.newTable();
      const rows = [...(await storeDays('a', 120)), ...(await storeDays('b', 75)), ...(await storeDays('東京', 1))];
      const pages = await allPages(table.reader, { limit: 50 });
      const found = pages.flat();
      expect(found).toHaveLength(rows.length);
      expect(new Set(found.map(identity))).toEqual(new Set(rows.map(identity)));
      expect(pages.every((page) => page.length <= 50)).toBe(true);
    });

    it('keeps to the range without a key', async () => {
      table = await harness.newTable();
      const rows = await storeDays('a', 20);
      const range = { fromMs: rows[5]?.window?.startMs ?? 0, toMs: rows[9]?.window?.startMs ?? 0 };
      const found = (await allPages(table.reader, { ...range, limit: 3 })).flat();
      expect(found.map(identity).sort()).toEqual(rows.slice(5, 9).map(identity).sort());
    });

    it('refuses a cursor that it did not give, and half a key', async () => {
      const key = { location: 'a' };
      const strange = { ...RANGE, limit: 5, cursor: 'no-cursor' };
      await expect(table.reader.read({ key, ...strange })).rejects.toThrow(ConfigError);
      await expect(table.reader.read(strange)).rejects.toThrow(ConfigError);
      await expect(table.reader.read({ key: {}, ...RANGE, limit: 5 })).rejects.toThrow(ConfigError);
    });
  });
}

async function allPages(reader: RowReader, query: RowQuery): Promise<readonly (readonly Row[])[]> {
  const pages: (readonly Row[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.read({ ...query, ...(cursor !== undefined && { cursor }) });
    pages.push(page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

function identity(row: Row): string {
  return JSON.stringify([row.keyText, row.window, row.values, row.revision.toString(), row.final]);
}
