import * as fc from 'fast-check';
import {
  MAX_BATCH_BYTES,
  MAX_BATCH_ROWS,
  partitionBatches,
} from '../../../../src/adapters/cassandra/partition-batches';
import type { BoundRow } from '../../../../src/adapters/cassandra/row-binder';

const arbitraryRow = fc.record({
  query: fc.constant('INSERT'),
  params: fc.constant([]),
  partitionText: fc.constantFrom('a', 'b', 'c'),
  clusteringText: fc.nat(200).map(String),
  revision: fc.bigInt(0n, 5n),
  deletes: fc.boolean(),
  bytes: fc.oneof(fc.nat(2_000), fc.nat(2 * MAX_BATCH_BYTES)),
});

const identity = (row: BoundRow): string => `${row.partitionText}/${row.clusteringText}`;
const rank = ({ revision, deletes }: BoundRow): number => 2 * Number(revision) + (deletes ? 1 : 0);

describe('partitionBatches', () => {
  it('keeps to one partition and to both limits, with the newest version of each row and no other', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRow, { maxLength: 400, size: 'max' }), (rows) => {
        const batches = partitionBatches(rows);
        for (const batch of batches) {
          expect(new Set(batch.map((row) => row.partitionText)).size).toBe(1);
          expect(batch.length).toBeLessThanOrEqual(MAX_BATCH_ROWS);
          const bytes = batch.reduce((sum, row) => sum + row.bytes, 0);
          expect(batch.length === 1 || bytes <= MAX_BATCH_BYTES).toBe(true);
        }
        // Of equal revisions a deletion is the newer.
        const newest = new Map<string, number>();
        for (const row of rows) newest.set(identity(row), Math.max(newest.get(identity(row)) ?? -1, rank(row)));
        const written = batches.flat();
        expect(written).toHaveLength(newest.size);
        expect(new Map(written.map((row) => [identity(row), rank(row)]))).toEqual(newest);
      }),
      { seed: 11 },
    );
  });
});
